/**
 * Runs against guest agents: what is learned of them, and which rule fails when one misbehaves.
 */
import t from 'tap';
import { faultsById, type Fault } from '../../src/fake/index.js';
import { success } from '../../src/judge/index.js';
import type { Json } from '../../src/json/index.js';
import type { TargetInfo } from '../../src/discovery/index.js';
import { bundledSchema, fakeSource } from '../../src/target/bundled-fake.js';
import { checking, checkReport, find, ran, watching } from './support.js';

const needs = { protocol: 'any', profile: 'readonly' } as const;

/** A run with one rule that keeps the info. */
async function infoOf(...faults: readonly Fault[]): Promise<TargetInfo | undefined> {
  let info: TargetInfo | undefined;
  const rule = checking(
    'a.info',
    async (probe) => {
      info = probe.info;
      await (await probe.negotiated()).ask({ execute: probe.info.ping }, success);
    },
    { needs },
  );
  const suites = [{ id: 'a', title: 'A', rules: [rule] }];
  const result = await ran(fakeSource({ protocol: 'qga', faults }), { suites, fileSchema: undefined });
  checkReport(t, result, suites);
  t.equal(result.exit, 0);
  t.match(result.report.target, { protocol: 'qga', greeting: undefined });
  return info;
}

/** An agent whose guest-info returns something else. */
function informs(value: Json): Fault {
  return {
    id: 'informs',
    title: 'guest-info returns something else',
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        command.name === 'guest-info' ? { return: value } : execute(command, args, call),
    }),
  };
}

void t.test('what guest-info says', async (t) => {
  const info = await infoOf();
  t.match(info, {
    protocol: 'qga',
    greeting: null,
    version: { major: 7, minor: 2, micro: 0 },
    versionText: '7.2.0',
    capabilities: [],
    introspection: undefined,
    schema: undefined,
    ping: 'guest-ping',
    monitors: 1,
    owned: true,
  });
  const names = [...bundledSchema('qga').commands.keys()];
  t.strictSame(
    info?.agentCommands?.map(({ name }) => name),
    names,
  );
  t.strictSame(
    [...(info?.commands ?? [])],
    names.filter((name) => name !== 'guest-get-devices'),
  );
});

void t.test('a version is text', async (t) => {
  const custom = await infoOf(informs({ version: '8.1.0-rc2 (built here)', supported_commands: [] }));
  t.match(custom, { versionText: '8.1.0-rc2 (built here)', version: { major: 8, minor: 1, micro: 0 } });
  const unknown = await infoOf(informs({ version: 'unknown', supported_commands: [] }));
  t.match(unknown, { versionText: 'unknown', version: undefined });
  t.equal(unknown?.commands?.size, 0);
});

void t.test('a guest-info that makes no sense leaves info unknown', async (t) => {
  for (const value of [null, [], {}, { version: 7, supported_commands: {} }]) {
    const info = await infoOf(informs(value));
    t.match(info, { versionText: undefined, version: undefined, commands: undefined });
  }
  const odd = await infoOf(informs({ supported_commands: [1, {}, { name: 2 }, { name: 'guest-ping' }] }));
  t.strictSame(odd?.agentCommands, [{ name: 'guest-ping', enabled: false, successResponse: true }]);
});

void t.test('a watching rule sees what an agent sends, if it is for agents', async (t) => {
  const seen: string[] = [];
  const rules = (['qmp', 'qga', 'any'] as const).map((protocol) =>
    watching(
      `w.${protocol}`,
      () => {
        seen.push(protocol);
        return [];
      },
      { needs: { protocol } },
    ),
  );
  const suites = [{ id: 'w', title: 'W', rules }];
  const result = await ran(fakeSource({ protocol: 'qga' }), { suites });
  checkReport(t, result, suites);
  t.same(new Set(seen), new Set(['qga', 'any']));
  t.match(find(result.report, 'w.qmp'), { status: 'skipped', reason: 'the target speaks QGA' });
  t.match(find(result.report, 'w.any'), { status: 'passed' });
});

void t.test('an agent that falls silent in mid-run is the finding of the rule that met it', async (t) => {
  let silent = false;
  const fault: Fault = {
    id: 'silent',
    title: 'falls silent',
    change: ({ reply }) => ({ reply: (...answered) => (silent ? [] : reply(...answered)) }),
  };
  const suites = [
    {
      id: 'a',
      title: 'A',
      rules: [
        checking(
          'a.meets',
          async (probe) => {
            const first = await probe.negotiated();
            silent = true;
            await first.ask({ execute: probe.info.ping }, success);
          },
          { needs },
        ),
        checking(
          'a.later',
          async (probe) => {
            await probe.negotiated();
          },
          { needs },
        ),
      ],
    },
  ];
  const result = await ran(fakeSource({ protocol: 'qga', faults: [fault] }), { suites });
  checkReport(t, result, suites);
  t.match(result.report, { stopped: 'target-lost', verdict: 'nonconformant' });
  t.match(result.report.verdictReason, /no answer to guest-sync-delimited within 300 ms/);
  t.equal(find(result.report, 'a.meets').status, 'failed');
  t.equal(find(result.report, 'a.later').status, 'notRun');
});

void t.test('an agent that cannot be synchronised any more fails the rule that connects', async (t) => {
  // It stays deaf to the byte 0xFF that every client begins with.
  const source = fakeSource({ protocol: 'qga', faults: faultsById(['agent-first-ff-skipped']) });
  const result = await ran(source, { selection: { rules: ['qga.sync-anew'] } });
  checkReport(t, result);
  const { status, failures } = find(result.report, 'qga.sync-anew');
  t.equal(status, 'failed');
  t.match(
    failures.map(({ key }) => key),
    [/not-synchronised$/],
  );
  t.match(failures[0], { request: '(connecting)', expected: 'the reply to guest-sync-delimited' });
});
