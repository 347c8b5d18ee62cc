/**
 * Which rules a run takes, and which of them apply.
 */
import t from 'tap';
import { suites as allSuites } from '../../suites/index.js';
import { InputError } from '../../src/input-error.js';
import { NO_INFO, type TargetInfo } from '../../src/discovery/index.js';
import type { Profile } from '../../src/cases/index.js';
import {
  isJudged,
  selectRules,
  unmetRequirement,
  type Requirements,
  type Suite,
} from '../../src/rules/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { checking, ping, watching } from '../run/support.js';

const suites: readonly Suite[] = [
  { id: 'one', title: 'One', rules: ['a.x', 'a.y', 'b.x'].map((id) => checking(id, ping)) },
  { id: 'two', title: 'Two', rules: ['c.x', 'c.long-name'].map((id) => checking(id, ping)) },
];
const EVERYTHING = { suites: [], rules: [], exclude: [] };

function ids(selection: Partial<typeof EVERYTHING> | Record<string, readonly string[]>): string[] {
  return selectRules(suites, { ...EVERYTHING, ...selection }).map(({ rule }) => rule.id);
}

void t.test('a selection takes rules in the order of their declaration', (t) => {
  t.same(ids({}), ['a.x', 'a.y', 'b.x', 'c.x', 'c.long-name']);
  t.same(ids({ suites: ['two'] }), ['c.x', 'c.long-name']);
  t.same(ids({ suites: ['two', 'one'] }), ['a.x', 'a.y', 'b.x', 'c.x', 'c.long-name']);
  t.same(ids({ rules: ['b.x', 'a.x'] }), ['a.x', 'b.x']);
  t.same(ids({ rules: ['a.*'] }), ['a.x', 'a.y']);
  t.same(ids({ rules: ['*.x'] }), ['a.x', 'b.x', 'c.x']);
  t.same(ids({ rules: ['{a,c}.x'] }), ['a.x', 'c.x']);
  t.same(ids({ exclude: ['a.*', 'c.long-name'] }), ['b.x', 'c.x']);
  t.same(ids({ suites: ['one'], rules: ['*.x'], exclude: ['b.*'] }), ['a.x']);
  t.same(
    selectRules(suites, { ...EVERYTHING, suites: ['two'] }).map(({ suite }) => suite),
    ['two', 'two'],
  );
  t.end();
});

void t.test('what selects nothing is an error that helps', (t) => {
  const errors: [Record<string, readonly string[]>, RegExp][] = [
    [{ suites: ['tow'] }, /^there is no suite 'tow' \(did you mean 'two'\?\)$/],
    [{ suites: ['something else'] }, /^there is no suite 'something else'$/],
    [{ rules: ['a.z'] }, /^--rule a\.z matches no rule \(did you mean 'a\.[xy*]'\?\)$/],
    [{ rules: ['c.lnog-name'] }, /^--rule c\.lnog-name matches no rule \(did you mean 'c\.long-name'\?\)$/],
    [{ rules: ['a.x', 'nothing.like.it'] }, /^--rule nothing\.like\.it matches no rule$/],
    [
      { exclude: ['c.long-nam'] },
      /^--exclude c\.long-nam matches no rule \(did you mean 'c\.long-name'\?\)$/,
    ],
    [{ rules: ['a.x'], exclude: ['a.*'] }, /^the selection leaves no rule to check$/],
    [{ suites: ['two'], rules: ['a.*'] }, /^the selection leaves no rule to check$/],
    [{ rules: [''] }, /^--rule '' is no pattern: ./],
    [{ exclude: ['x'.repeat(100_000)] }, /^--exclude 'x{80}' is no pattern: ./],
  ];
  for (const [selection, message] of errors) {
    t.throws(() => ids(selection), { name: 'InputError', message }, JSON.stringify(selection));
  }
  t.throws(() => selectRules([], EVERYTHING), InputError);
  t.end();
});

void t.test('a pattern of any shape is a pattern or an input error', (t) => {
  for (const pattern of ['[', '(', '{a', '!(a.x)', '**', '\\', '+(a|b).x', 'a'.repeat(5000)]) {
    try {
      t.ok(ids({ rules: [pattern] }).length > 0);
    } catch (error) {
      t.type(error, InputError, pattern.slice(0, 20));
    }
  }
  t.end();
});

void t.test('every rule of the suites can be selected by its id alone', (t) => {
  const all = allSuites.flatMap(({ rules }) => rules.map(({ id }) => id));
  const selected = all.filter((id) => {
    const [only, ...others] = selectRules(allSuites, { ...EVERYTHING, rules: [id] });
    return only?.rule.id === id && others.length === 0;
  });
  t.same(selected, all);
  t.end();
});

void t.test('a level takes in what is stronger', (t) => {
  const judged = (['must', 'should', 'info'] as const).map((threshold) =>
    (['must', 'should', 'info'] as const).filter((level) => isJudged(level, threshold)),
  );
  t.same(judged, [['must'], ['must', 'should'], ['must', 'should', 'info']]);
  t.end();
});

const able: TargetInfo = {
  ...NO_INFO,
  capabilities: ['oob'],
  commands: new Set(['stop', 'cont']),
  introspection: { value: [], schema: referenceSchema(), problems: [] },
  fileSchema: referenceSchema(),
  monitors: 2,
  sharesFiles: true,
  owned: true,
};

void t.test('needs', (t) => {
  const cases: [Partial<Requirements>, Partial<TargetInfo>, string][] = [
    [{ oob: true }, { capabilities: [] }, 'the target does not offer out-of-band execution'],
    [{ monitors: 2 }, { monitors: 1 }, 'the target serves one connection at a time'],
    [{ localFiles: true }, { sharesFiles: false }, 'the target may not reach sockets on this machine'],
    [{ ownTarget: true }, { owned: false }, 'it ends the target, which is not ours to end'],
    [{ schema: 'introspection' }, { introspection: undefined }, 'the target has no query-qmp-schema'],
    [{ schema: 'file' }, { introspection: undefined }, 'the target has no query-qmp-schema'],
    [{ schema: 'file' }, { fileSchema: undefined }, 'no --schema was given to compare with'],
    [{ schema: 'commands' }, { fileSchema: undefined }, 'no --schema was given to judge by'],
    [{ commands: ['stop', 'fly'] }, {}, 'the target has no command fly'],
    [{ commands: ['stop'] }, { commands: undefined }, 'the target does not say if it has the command stop'],
  ];
  for (const [needs, lacking, reason] of cases) {
    const rule = checking('a.x', ping, { needs: { profile: 'readonly', ...needs } });
    t.equal(unmetRequirement(rule, { ...able, ...lacking }, 'full'), reason, reason);
    const met = needs.commands === undefined ? needs : { commands: ['stop'] };
    const other = checking('a.x', ping, { needs: { profile: 'readonly', ...met } });
    t.equal(unmetRequirement(other, able, 'readonly'), undefined, `met: ${JSON.stringify(met)}`);
    const none = checking('a.x', ping, { needs: { profile: 'readonly' } });
    t.equal(
      unmetRequirement(none, { ...able, ...lacking }, 'readonly'),
      undefined,
      'a rule that needs nothing lacks nothing',
    );
  }
  t.end();
});

void t.test('a rule is for monitors unless it says so', (t) => {
  const agent: TargetInfo = { ...able, protocol: 'qga' };
  const reasons = ([undefined, 'qmp', 'qga', 'any'] as const).flatMap((protocol) => {
    const needs = protocol === undefined ? {} : { protocol };
    const rules = [
      checking('a.x', ping, { needs: { profile: 'readonly', ...needs } }),
      watching('w.x', () => [], { needs }),
    ];
    return rules.map((rule) => [able, agent].map((info) => unmetRequirement(rule, info, 'full')));
  });
  const [monitorsOnly, agentsOnly, both] = [
    [undefined, 'the target speaks QGA'],
    ['the target speaks QMP', undefined],
    [undefined, undefined],
  ];
  t.strictSame(reasons, [
    ...[monitorsOnly, monitorsOnly, monitorsOnly, monitorsOnly],
    ...[agentsOnly, agentsOnly, both, both],
  ]);
  const full = checking('a.x', ping, { needs: { protocol: 'qga', profile: 'full' } });
  t.equal(unmetRequirement(full, NO_INFO, 'readonly'), 'the target speaks QMP', 'the protocol comes first');
  t.end();
});

void t.test('a profile allows what is more careful', (t) => {
  const profiles: readonly Profile[] = ['readonly', 'safe', 'full'];
  const allowed = profiles.map((given) =>
    profiles.filter(
      (profile) =>
        unmetRequirement(checking('a.x', ping, { needs: { profile } }), NO_INFO, given) === undefined,
    ),
  );
  t.same(allowed, [['readonly'], ['readonly', 'safe'], ['readonly', 'safe', 'full']]);
  const full = checking('a.x', ping, { needs: { profile: 'full', ownTarget: true } });
  t.equal(unmetRequirement(full, NO_INFO, 'safe'), 'needs --profile full', 'the profile comes first');
  t.equal(
    unmetRequirement(
      watching('w.x', () => []),
      NO_INFO,
      'readonly',
    ),
    undefined,
    'a rule that only watches needs nothing',
  );
  t.end();
});
