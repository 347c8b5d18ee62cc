/**
 * Which cases a run has: by profile, commands and parts of the run; and random ones, as small as they can be.
 */
import t from 'tap';
import { isObject, jsonObject, writeJson, type Json } from '../../src/json/index.js';
import { caseSource, type CaseSource } from '../../src/cases/index.js';
import { NO_INFO, type TargetInfo } from '../../src/discovery/index.js';
import type { Case } from '../../src/exchange/index.js';
import type { OptionsReport } from '../../src/result/index.js';
import { isCaseRule } from '../../src/rules/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { INVALID_OPERATORS, safetyOf, VALID_OPERATORS } from '../../src/generate/index.js';
import { suites } from '../../suites/index.js';
import { must } from '../qapi/support.js';
import { mortal, numbered, saying, sending, surviving } from '../run/mortal.js';
import { failuresOf, ran } from '../run/support.js';

const schema = referenceSchema();
const OPTIONS: OptionsReport = {
  protocol: 'qmp',
  profile: 'full',
  level: 'should',
  seed: 1,
  runs: 3,
  timeoutMs: 1000,
  suites: [],
  rules: [],
  exclude: [],
  repeat: 1,
  commands: [],
  jobs: 1,
  defines: [],
};
const INFO: TargetInfo = {
  ...NO_INFO,
  schema,
  commands: new Set(schema.commands.keys()),
  version: { major: 10, minor: 0, micro: 0, package: '' },
  owned: true,
};

function source(options: Partial<OptionsReport> = {}, info: Partial<TargetInfo> = {}): CaseSource {
  return must(caseSource({ ...INFO, ...info }, { ...OPTIONS, ...options }));
}

function text({ request }: Case): string {
  return writeJson(request as unknown as Json);
}

function texts(cases: Iterable<Case>): string[] {
  return [...cases].map(text);
}

/** A few commands with all that types can be. */
const SOME = ['query-*', 'chardev-add', 'x-selftest-*'];
const rules = suites.flatMap((suite) => suite.rules).filter(isCaseRule);

void t.test('the parts of a run together are the whole, and no part has what another has', (t) => {
  const options = { commands: SOME };
  const one = source(options);
  const divided = [2, 3, 5].map((count) =>
    Array.from({ length: count }, (_, index) => source({ ...options, shard: { index, count } })),
  );
  let total = 0;
  for (const rule of rules) {
    const whole = texts(rule.cases(one));
    total += whole.length;
    for (const sources of divided) {
      const count = sources.length;
      const parts = sources.map((part) => texts(rule.cases(part)));
      t.strictSame(parts.flat().sort(), [...whole].sort(), `${rule.id} in ${count} parts`);
      // What is passed over because its outcome is not known is shared out before.
      if (whole.length >= 50 && rule.id !== 'args.accepted') {
        const sizes = parts.map(({ length }) => length);
        t.ok(Math.min(...sizes) > 0, `${rule.id}: every part has some (${sizes.join()})`);
      }
    }
  }
  t.ok(total > 1500, `${total} cases`);
  t.end();
});

void t.test('what is counted is what there is, in each part', (t) => {
  for (const count of [1, 2, 7]) {
    for (let index = 0; index < count; index += 1) {
      const cases = source({ commands: SOME, shard: { index, count } });
      for (const selection of [
        { operators: ['unknown-member'] },
        { operators: INVALID_OPERATORS, due: ['integer'] },
      ] as const) {
        t.equal([...cases.refused(selection)].length, cases.count(selection));
      }
    }
  }
  t.end();
});

void t.test('the same every time, and other random cases with another seed', (t) => {
  const all = (seed: number): string => {
    const cases = source({ seed, commands: ['object-add', 'x-selftest-*'] });
    return rules.flatMap((rule) => texts(rule.cases(cases))).join('\n');
  };
  t.equal(all(1), all(1));
  t.not(all(1), all(2));
  t.end();
});

void t.test('only commands that are wanted, that the target has, and that can be asked', (t) => {
  const commandsOf = (cases: CaseSource): string[] => [
    ...new Set([...cases.refused({ operators: INVALID_OPERATORS })].map(({ about }) => about?.command ?? '')),
  ];
  t.strictSame(commandsOf(source({ commands: ['query-name', 'stop'] })).sort(), ['query-name', 'stop']);
  t.strictSame(commandsOf(source({}, { commands: new Set(['stop', 'no-such']) })), ['stop']);
  t.notOk(commandsOf(source()).includes('qmp_capabilities'));
  t.ok(
    commandsOf(source({}, { commands: undefined })).includes('stop'),
    'a target that lists no commands may have all',
  );
  t.equal(caseSource({ ...INFO, schema: undefined }, OPTIONS), undefined);
  t.end();
});

void t.test('profiles', (t) => {
  const effects = (
    options: Partial<OptionsReport>,
    valid: boolean,
    info: Partial<TargetInfo> = {},
  ): string[] => {
    const cases = source(options, info);
    const made = valid
      ? [...cases.accepted({ operators: VALID_OPERATORS }), ...cases.random('x', 0)]
      : [
          ...cases.refused({ operators: INVALID_OPERATORS }),
          ...cases.random('x', 1),
          ...cases.random('x', 2),
        ];
    return [...new Set(made.map(({ about }) => safetyOf(about?.command ?? '').effect))].sort();
  };
  for (const valid of [true, false]) t.strictSame(effects({ profile: 'readonly' }, valid), ['reads']);
  t.strictSame(effects({ profile: 'safe' }, true), ['reads']);
  const everything = effects({ profile: 'safe' }, false);
  t.ok(everything.includes('changes-state') && everything.includes('ends-process'), everything.join());
  t.notOk(effects({ profile: 'full' }, true).includes('acts-on-host'));
  t.ok(effects({ profile: 'full' }, true).includes('ends-process'));
  t.notOk(
    effects({ profile: 'full' }, true, { owned: false }).includes('ends-process'),
    'it is not ours to end',
  );
  t.ok(
    effects({ profile: 'full' }, false, { owned: false }).includes('ends-process'),
    'what is refused ends nothing',
  );
  t.end();
});

void t.test('what ends the target is marked, and nothing else', (t) => {
  const cases = source();
  for (const { about, ends } of [
    ...cases.accepted({ operators: VALID_OPERATORS }),
    ...cases.random('x', 0),
  ]) {
    if ((ends === true) !== (safetyOf(about?.command ?? '').effect === 'ends-process'))
      t.fail(about?.name ?? '');
  }
  for (const { ends } of cases.refused({ operators: INVALID_OPERATORS })) if (ends === true) t.fail();
  t.end();
});

void t.test('so many random cases for each command', (t) => {
  for (const runs of [0, 1, 7]) {
    const counts = new Map<string, number>();
    for (const { about } of source({ runs, commands: ['object-add', 'blockdev-add'] }).random('x', 1))
      counts.set(about?.command ?? '', (counts.get(about?.command ?? '') ?? 0) + 1);
    t.strictSame(Object.fromEntries(counts), runs === 0 ? {} : { 'object-add': runs, 'blockdev-add': runs });
  }
  t.end();
});

void t.test('what is varied in a case stays sanitized, and invalid in the same ways or not at all', (t) => {
  let [varied, refused] = [0, 0];
  for (const mutations of [0, 1, 2] as const) {
    for (const made of source({ runs: 5, commands: ['object-add', 'blockdev-add'] }).random('x', mutations)) {
      const variable = must(made.variable?.(made));
      t.equal(variable.value, made.request.arguments);
      t.equal(text(must(variable.with(variable.value))), text(made), 'with its own value it is the same');
      const none = variable.with(undefined);
      t.equal(none, undefined, 'both commands have mandatory arguments: without any it is another case');
      const args = made.request.arguments;
      if (args === undefined || !isObject(args)) continue;
      for (const name of Object.keys(args)) {
        const { [name]: _, ...rest } = args;
        const other = variable.with(jsonObject(Object.entries(rest)));
        if (other === undefined) refused += 1;
        else {
          varied += 1;
          t.equal(other.about?.valid, mutations === 0);
          t.strictSame(other.oneOf, made.oneOf);
          t.equal(must(other.variable?.(other)).type, variable.type, 'it can be varied further');
        }
      }
    }
  }
  t.ok(varied >= 10, `${varied} were varied`);
  t.ok(refused >= 10, `${refused} would be other cases`);
  t.end();
});

/** Words that may get shorter. */
function shrinking(word: string): Case {
  return saying(word, {
    path: 'word',
    variable: () => ({
      value: jsonObject([['path', word]]),
      with: (value) => {
        const path = value !== undefined && isObject(value) ? value.path : undefined;
        return typeof path === 'string' ? shrinking(path) : undefined;
      },
    }),
  });
}

void t.test(
  'of a failed random case the smallest request is shown, and nothing is counted twice',
  async (t) => {
    const { source: target, words } = mortal((word) => (/^y{3,}$/.test(word) ? 'refuses' : undefined));
    const rule = sending('a.one', () => ['y'.repeat(20), ...numbered(5)].map(shrinking));
    const { report } = await ran(target, { suites: surviving(rule), options: { timeoutMs: 20_000 } });
    t.match(failuresOf(report), [
      {
        key: 'a.one|qom-list|word|refused',
        count: 1,
        request: /"path":"yyy"/,
        message: /\(qom-list\/yyy\)$/,
      },
    ]);
    t.equal(report.results[0]?.cases, 6);
    t.ok(words().length < 6 + 30, `${words().length} requests`);
  },
);

void t.test('and of one that crashes it, too', async (t) => {
  const { source: target, started } = mortal((word) => (/^y{3,}$/.test(word) ? 'crashes' : undefined));
  const rule = sending('a.one', () => [shrinking('yyyyyy'), ...numbered(5).map((word) => saying(word))]);
  const { report } = await ran(target, { suites: surviving(rule), options: { timeoutMs: 20_000 } });
  t.match(failuresOf(report), [
    { key: /^a\.survives\|qom-list\|word\|exited$/, count: 1, request: /"path":"yyy"/ },
  ]);
  t.ok(started() < 20, `${started()} were started`);
});

void t.test(
  'a candidate that crashes it while another failure is made smaller is a finding of its own',
  async (t) => {
    const { source: target } = mortal((word) =>
      /^y{1,6}$/.test(word) ? 'crashes' : word.startsWith('y') ? 'refuses' : undefined,
    );
    const rule = sending('a.one', () => [shrinking('yyyyyyy'), ...numbered(5).map((word) => saying(word))]);
    const { report } = await ran(target, { suites: surviving(rule), options: { timeoutMs: 20_000 } });
    t.strictSame(
      failuresOf(report).map(({ key, count }) => [key, count]),
      [
        ['a.one|qom-list|word|refused', 1],
        ['a.survives|qom-list|word|exited', 1],
      ],
    );
    t.equal(report.complete, true);
  },
);
