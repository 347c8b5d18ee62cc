import t from 'tap';
import {
  byReason,
  bySuite,
  outcomeOf,
  runProblem,
  selected,
  tally,
  tallyText,
  verdictText,
} from '../../src/report/outcome.js';
import {
  conformant,
  failure,
  interrupted,
  nonconformant,
  notTestable,
  ruleResult,
  runReport,
} from './sample.js';

const base = { id: 'a.b', suite: 'a', title: 'a holds' };

void t.test('a status is shown as it is, unless a skipped rule did not hold', (t) => {
  const failures = [failure({})];
  t.equal(outcomeOf(ruleResult({ ...base, status: 'skipped', reason: 'r', failures })), 'noted');
  t.equal(outcomeOf(ruleResult({ ...base, status: 'skipped', reason: 'r' })), 'skipped');
  t.equal(outcomeOf(ruleResult({ ...base, status: 'failed', level: 'info', failures })), 'failed');
  t.equal(tallyText(tally([])), 'no rules');
  t.end();
});

void t.test('what was not selected is passed over', (t) => {
  t.equal(conformant.results.length, 6);
  t.equal(selected(conformant).length, 5);
  t.equal(tallyText(tally(selected(conformant))), '1 passed, 1 waived, 1 noted, 2 skipped');
  t.end();
});

void t.test('the verdict names its waivers', (t) => {
  t.equal(verdictText(conformant), 'conformant with 1 waiver');
  t.equal(verdictText(runReport([])), 'conformant');
  t.equal(verdictText(nonconformant), 'nonconformant');
  t.equal(verdictText(notTestable), 'not testable');
  t.equal(verdictText({ ...notTestable, stopped: 'interrupted' }), 'no verdict');
  t.end();
});

void t.test('a run that was cut short or has no failed rule is a problem of its own', (t) => {
  t.equal(runProblem(conformant), undefined);
  t.equal(runProblem(nonconformant), undefined);
  t.match(runProblem(interrupted), /incomplete.*it ended, killed by SIGSEGV/);
  t.match(runProblem(notTestable), /no connection to/);
  t.equal(runProblem(runReport([], { verdict: 'nonconformant', verdictReason: 'why' })), 'why');
  t.end();
});

void t.test('grouping keeps every result', (t) => {
  t.same([...bySuite(conformant.results).keys()], ['protocol', 'errors', 'yank']);
  const results = ['x', 'y', 'y'].map((reason) => ruleResult({ ...base, status: 'skipped', reason }));
  t.same(
    byReason(results).map(([reason, group]) => [reason, group.length]),
    [
      ['y', 2],
      ['x', 1],
    ],
  );
  t.end();
});
