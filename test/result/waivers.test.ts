/**
 * Known deviations: which failure a waiver covers, on which release, and what happens to waivers of no use.
 */
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { suites as allSuites } from '../../suites/index.js';
import {
  builtinWaivers as shipped,
  coversVersion,
  readWaivers,
  showWaiver,
  waiversFor,
  type RecordedFailure,
  type SourcedWaiver,
} from '../../src/result/index.js';
import { BUILTIN_WAIVERS, type Waiver } from '../../src/result/waivers.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import { makePrivateFolder, removePrivateFolder } from '../../src/target/index.js';
import {
  checking,
  checkReport,
  expectTooMuch,
  ping,
  ran,
  schemaProblems,
  suite,
  withFaults,
} from '../run/support.js';

const evidence = { requirement: 'r', request: 'q', reply: 'a' };
const waiver: SourcedWaiver = { rule: 'a.x', kind: 'wrong-class', reason: 'known', evidence, source: 'test' };

function failure(kind: string, ...commands: (string | undefined)[]): RecordedFailure {
  const examples = (commands.length === 0 ? [undefined] : commands).map((command) => ({
    finding: { kind, message: '', ...(command === undefined ? {} : { command }) },
    evidence: { request: '', response: '', expected: '', steps: [] },
  }));
  const [first] = examples;
  if (first === undefined) throw new Error('there is one');
  return { ...first, key: 'key', count: examples.length, examples };
}

void t.test('a crash that several commands have shown is covered when all of them are', (t) => {
  const [forStop, forCont] = ['stop', 'cont'].map((command) => ({ ...waiver, command }));
  const find = (...waivers: (SourcedWaiver | undefined)[]) =>
    waiversFor(
      waivers.filter((one) => one !== undefined),
      'a.x',
      failure('wrong-class', 'stop', 'cont', 'stop'),
      undefined,
    );
  t.strictSame(find(forStop, forCont), [forStop, forCont]);
  t.equal(find(forStop), undefined);
  t.strictSame(find(waiver), [waiver]);
  t.end();
});

function version(major: number, minor: number) {
  return { major, minor, micro: 3, package: '' };
}

void t.test('a waiver covers a kind of failure of a rule', (t) => {
  const other = { ...waiver, rule: 'a.y' };
  const forStop = { ...waiver, command: 'stop' };
  const find = (waivers: SourcedWaiver[], rule: string, kind: string, command?: string) =>
    waiversFor(waivers, rule, failure(kind, command), undefined)?.[0];
  t.equal(find([other, waiver], 'a.x', 'wrong-class'), waiver);
  t.equal(find([waiver], 'a.y', 'wrong-class'), undefined);
  t.equal(find([waiver], 'a.xx', 'wrong-class'), undefined);
  t.equal(find([waiver], 'a.x', 'refused'), undefined);
  t.equal(find([waiver], 'a.x', 'wrong-class', 'stop'), waiver, 'any command');
  t.equal(find([forStop], 'a.x', 'wrong-class', 'stop'), forStop);
  t.equal(find([forStop], 'a.x', 'wrong-class', 'cont'), undefined);
  t.equal(find([forStop], 'a.x', 'wrong-class'), undefined, 'a failure about no command');
  t.equal(find([forStop, waiver], 'a.x', 'wrong-class', 'stop'), forStop, 'the first that covers it');
  t.equal(find([], 'a.x', 'wrong-class'), undefined);
  t.end();
});

void t.test('a waiver is for releases', (t) => {
  const cases: [Waiver['versions'], [number, number] | undefined, boolean][] = [
    [undefined, undefined, true],
    [undefined, [7, 2], true],
    [{}, [7, 2], true],
    [{}, undefined, false],
    [{ from: '5.2', to: '11.1' }, [5, 1], false],
    [{ from: '5.2', to: '11.1' }, [5, 2], true],
    [{ from: '5.2', to: '11.1' }, [6, 0], true],
    [{ from: '5.2', to: '11.1' }, [10, 0], true],
    [{ from: '5.2', to: '11.1' }, [11, 1], true],
    [{ from: '5.2', to: '11.1' }, [11, 2], false],
    [{ from: '5.2', to: '11.1' }, [12, 0], false],
    [{ from: '5.2', to: '11.1' }, undefined, false],
    [{ from: '9.0' }, [10, 0], true],
    [{ from: '9.0' }, [8, 2], false],
    [{ to: '9.2' }, [9, 2], true],
    [{ to: '9.2' }, [10, 0], false],
    [{ from: '7.2', to: '7.2' }, [7, 2], true],
    [{ from: '7.2', to: '7.2' }, [7, 20], false],
  ];
  for (const [versions, release, covers] of cases) {
    const given = versions === undefined ? waiver : { ...waiver, versions };
    const is = release === undefined ? undefined : version(...release);
    t.equal(
      coversVersion(given, is),
      covers,
      `${JSON.stringify(versions)} on ${release?.join('.') ?? 'unknown'}`,
    );
  }
  t.end();
});

/** A file with this content, for as long as the test runs. */
async function file(t: Test, content: unknown): Promise<string> {
  const folder = await makePrivateFolder();
  t.teardown(() => removePrivateFolder(folder));
  const path = join(folder, 'waivers.json');
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

void t.test('a waiver file is read, and knows where it came from', async (t) => {
  const content = { rule: 'a.x', kind: 'refused', command: 'stop', reason: 'known', evidence };
  const path = await file(t, { schemaVersion: 1, waivers: [content] });
  const [read, ...others] = await readWaivers(path, ['a.x']);
  t.same(others, []);
  t.same(read, { ...content, source: path });
  t.equal(read === undefined ? '' : showWaiver(read), `a.x (stop), ${path}`);
  t.same(await readWaivers(await file(t, { schemaVersion: 1, waivers: [] }), []), []);
});

void t.test('a file that is no waiver file is an error that helps', async (t) => {
  const good = { rule: 'a.x', kind: 'refused', reason: 'known', evidence };
  const whole = (change: object): object => ({ schemaVersion: 1, waivers: [{ ...good, ...change }] });
  const cases: [unknown, RegExp][] = [
    ['', /is empty$/],
    ['{"schemaVersion": 1,\n "waivers": [}', /:2:14: expected a value/],
    ['{} {}', /holds more than one JSON value$/],
    ['[]', /the file must be object/],
    [{ schemaVersion: 1 }, /the file must have required property 'waivers'/],
    [{ schemaVersion: 2, waivers: [] }, /\/schemaVersion must be equal to constant/],
    [{ schemaVersion: 1, waivers: [], more: 1 }, /must NOT have additional properties/],
    [whole({ reason: '' }), /\/waivers\/0\/reason must NOT have fewer than 1 characters/],
    [whole({ evidence: {} }), /\/waivers\/0\/evidence must have required property/],
    [whole({ versions: { from: '9' } }), /\/waivers\/0\/versions\/from must match pattern/],
    [whole({ rule: 7 }), /\/waivers\/0\/rule must be string/],
    [whole({ severity: 'low' }), /must NOT have additional properties/],
    [whole({ rule: 'a.z' }), /there is no rule 'a\.z' \(did you mean 'a\.x'\?\)$/],
    ['{"schemaVersion":1,"waivers":[{"__proto__":{}}]}', /must/],
    ['['.repeat(100_000), /:1:\d+: ./],
  ];
  for (const [content, message] of cases) {
    const path = await file(t, content);
    await t.rejects(readWaivers(path, ['a.x']), { name: 'InputError', message }, String(message));
  }
  await t.rejects(readWaivers('/nonexistent/waivers.json', []), {
    name: 'InputError',
    message: /^cannot read \/nonexistent\/waivers\.json: ENOENT/,
  });
});

void t.test('the waivers of the package are sound', async (t) => {
  const content: unknown = JSON.parse(readFileSync(BUILTIN_WAIVERS, 'utf8'));
  t.equal(schemaProblems('waivers', content), '');
  const rules = allSuites.flatMap((suite) => suite.rules.map(({ id }) => id));
  const waivers = await readWaivers(BUILTIN_WAIVERS, rules);
  t.ok(waivers.length > 0);
  for (const { reason, versions } of waivers) {
    t.match(reason, /\.$/, 'a reason is a sentence');
    t.ok(
      versions?.from !== undefined && versions.to !== undefined,
      'a deviation was proven on certain releases',
    );
  }
  const found = (await Promise.all(rules.map((rule) => shipped(rule)))).flat();
  t.equal(found.length, waivers.length, 'each is found by its rule');
  t.strictSame([...new Set(found.map(({ source }) => source))], ['built-in']);
});

void t.test('a waiver that was given and covers nothing is told, when it could have', async (t) => {
  const rules = [checking('a.holds', ping), checking('a.fails', expectTooMuch)];
  const suites = suite(...rules);
  const given = (rule: string, others: Partial<SourcedWaiver> = {}): SourcedWaiver => ({
    ...waiver,
    rule,
    kind: 'accepted',
    ...others,
  });
  const cases: [string, SourcedWaiver[], string[], number][] = [
    ['of use', [given('a.fails')], [], 0],
    ['its rule holds', [given('a.fails'), given('a.holds')], ['a.holds, test'], 2],
    ['for another release', [given('a.fails'), given('a.holds', { versions: { to: '2.0' } })], [], 0],
    [
      'for this release',
      [given('a.fails'), given('a.holds', { versions: { from: '2.0' } })],
      ['a.holds, test'],
      2,
    ],
    ['of the wrong kind', [given('a.fails', { kind: 'refused', command: 'x' })], ['a.fails (x), test'], 1],
    ['twice the same', [given('a.fails'), given('a.fails', { source: 'other' })], [], 0],
  ];
  for (const [what, waivers, unused, exit] of cases) {
    const result = await ran(fakeSource(), { suites, waivers, options: { timeoutMs: 5000 } });
    checkReport(t, result, suites);
    t.same(result.report.unusedWaivers, unused, what);
    t.equal(result.exit, exit, what);
  }
  const skipped = suite(
    checking('a.fails', expectTooMuch),
    checking('a.holds', ping, { needs: { profile: 'full' } }),
  );
  const careful = await ran(fakeSource(), {
    suites: skipped,
    waivers: [given('a.fails'), given('a.holds')],
    options: { timeoutMs: 5000, profile: 'safe' },
  });
  t.same(careful.report.unusedWaivers, [], 'its rule was not checked');
  const builtin = await ran(fakeSource(), {
    suites,
    waivers: [given('a.fails')],
    builtinWaivers: () => Promise.resolve([given('a.holds', { source: 'built-in' })]),
    options: { timeoutMs: 5000 },
  });
  t.same(builtin.report.unusedWaivers, [], 'nobody gave those of the package');
});

void t.test('the waiver of the package covers the deviation that it is about', async (t) => {
  const request = {
    selection: { rules: ['id.overflow', 'id.echo'] },
    options: { timeoutMs: 5000 },
    builtinWaivers: shipped,
  };
  const result = await ran(withFaults('infinite-id'), request);
  t.equal(result.exit, 0);
  t.equal(result.report.totals.waived, 1);
  const { builtinWaivers, ...without } = request;
  t.equal((await ran(withFaults('infinite-id'), without)).exit, 1);
});
