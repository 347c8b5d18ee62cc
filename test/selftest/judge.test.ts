/**
 * The selftest has to be able to fail.
 */
import t from 'tap';
import { detectionMatrix } from '../../src/cli/detection-matrix.js';
import { faultsById } from '../../src/fake/index.js';
import { NO_CASES, type RuleResult } from '../../src/result/index.js';
import type { Trial } from '../../src/selftest/index.js';
import { judgeTrial } from '../../src/selftest/judge.js';
import { tryFault } from '../../src/selftest/trial.js';

type Result = Pick<RuleResult, 'id' | 'status'>;

const rules = [
  { id: 'a.one', detects: ['mute', 'silent'] },
  { id: 'a.two', detects: ['mute'] },
  { id: 'a.three', detects: ['late'] },
];
const passed = rules.map(({ id }): Result => ({ id, status: 'passed' }));

/** All passed but for some. */
function results(others: Record<string, Result['status']>): Result[] {
  return passed.map(({ id, status }) => ({ id, status: others[id] ?? status }));
}

void t.test('a clean fake on which every rule was checked and passed', (t) => {
  t.strictSame(judgeTrial(undefined, rules, passed), {
    fault: undefined,
    expected: [],
    failed: [],
    ok: true,
  });
  t.end();
});

void t.test('a clean fake that is not clean', (t) => {
  for (const status of ['failed', 'waived', 'skipped', 'errored', 'notRun'] as const) {
    const trial = judgeTrial(undefined, rules, results({ 'a.two': status }));
    t.notOk(trial.ok, status);
    t.equal(trial.problem, 'not passed: a.two', status);
  }
  const without = (reason: string): Omit<Trial, 'protocol'> =>
    judgeTrial(undefined, rules, [...passed.slice(1), { id: 'a.one', status: 'skipped', reason }]);
  t.ok(without(NO_CASES).ok, 'the schema has no place for the fault');
  t.notOk(without('the profile does not allow it').ok);
  t.strictSame(judgeTrial(undefined, rules, results({ 'a.two': 'failed' })).failed, ['a.two']);
  t.equal(judgeTrial(undefined, rules, passed.slice(1)).problem, 'not passed: a.one', 'a result is missing');
  t.notOk(judgeTrial(undefined, [], []).ok, 'nothing was checked');
  t.end();
});

void t.test('a fault that every rule that names it catches', (t) => {
  const trial = judgeTrial('mute', rules, results({ 'a.one': 'failed', 'a.two': 'failed' }));
  t.strictSame(trial, {
    fault: 'mute',
    expected: ['a.one', 'a.two'],
    failed: ['a.one', 'a.two'],
    ok: true,
  });
  const more = judgeTrial('silent', rules, results({ 'a.one': 'failed', 'a.three': 'failed' }));
  t.ok(more.ok, 'others may notice as well');
  t.end();
});

void t.test('a rule that does not notice the fault it names', (t) => {
  const trial = judgeTrial('mute', rules, results({ 'a.one': 'failed' }));
  t.match(trial, { ok: false, problem: 'not caught by a.two' });
  t.match(judgeTrial('mute', rules, passed), { ok: false, problem: 'not caught by a.one, a.two' });
  for (const status of ['skipped', 'notRun', 'errored', 'waived'] as const) {
    t.notOk(judgeTrial('late', rules, results({ 'a.three': status })).ok, status);
  }
  t.notOk(
    judgeTrial('late', rules, results({ 'a.one': 'failed' })).ok,
    'that another one notices is no help',
  );
  t.end();
});

void t.test('a fault that no rule names', (t) => {
  const trial = judgeTrial('forgotten', rules, results({ 'a.one': 'failed' }));
  t.match(trial, { ok: false, expected: [], problem: 'no rule names this fault' });
  t.end();
});

void t.test('a real trial in which the fault is not the one that was meant', async (t) => {
  const [fault] = faultsById(['id-lost']);
  if (fault === undefined) throw new Error('the fault has gone');
  const unfaulty = { ...fault, change: () => ({}) };
  t.match(await tryFault(unfaulty, 300), { ok: false, failed: [], problem: /^not caught by .*id\.echo/ });
  t.match(await tryFault({ ...fault, id: 'nobody-knows' }, 300), {
    ok: false,
    failed: /id\.echo/,
    problem: 'no rule names this fault',
  });
});

void t.test('the detection matrix for people', (t) => {
  const clean: Trial = { protocol: 'qmp', ...judgeTrial(undefined, rules, passed) };
  const agent: Trial = { ...clean, protocol: 'qga' };
  const caught: Trial = {
    protocol: 'qmp',
    ...judgeTrial('silent', rules, results({ 'a.one': 'failed', 'a.three': 'failed' })),
  };
  const missed: Trial = { protocol: 'qga', ...judgeTrial('mute', rules, passed) };
  t.equal(
    detectionMatrix([clean, agent, caught]),
    [
      'ok  the clean fake         every rule holds',
      'ok  the clean guest agent  every rule holds',
      'ok  silent                 a.one (and 1 more)',
      '',
      '1 faults, all caught',
      '',
    ].join('\n'),
  );
  t.match(detectionMatrix([clean, caught, missed]), 'MISSED  mute            not caught by a.one, a.two\n');
  t.match(detectionMatrix([clean, caught, missed]), /2 faults, 1 not as expected\n$/);
  t.end();
});
