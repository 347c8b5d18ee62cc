import t from 'tap';
import { evidenceOf, evidenceText, messageOf, shownFailures, summaryOf } from '../../src/report/evidence.js';
import { failure, ruleResult } from './sample.js';

const base = { id: 'a.b', suite: 'a', title: 'a holds' };

void t.test('evidence says when there was none', (t) => {
  const parts = evidenceOf(failure({ request: '', response: '' }));
  t.same(parts.map(({ label, text }) => [label, text]).slice(0, 3), [
    ['request', '(nothing was sent)'],
    ['reply', '(no reply)'],
    ['expected', 'an error of class GenericError'],
  ]);
  t.equal(evidenceOf(failure({ path: 'return.a' }))[0]?.label, 'at');
  t.equal(messageOf(failure({ message: 'm', count: 1200 })), 'm (1,200 times)');
  t.end();
});

void t.test('evidence as text keeps its columns', (t) => {
  const evidence = evidenceOf(failure({ path: 'x', response: 'one\ntwo' })).slice(0, 3);
  t.equal(
    evidenceText(evidence),
    `at        x\nrequest   ${failure({}).request}\nreply     one\n          two`,
  );
  t.end();
});

void t.test('a failure that a waiver covers says so, and comes after those that it does not', (t) => {
  const waived = failure({ message: 'known', waiver: { reason: 'old news', source: 'file' } });
  const result = ruleResult({ ...base, status: 'failed', failures: [waived, failure({ message: 'new' })] });
  t.same(
    shownFailures(result).failures.map(({ message }) => message),
    ['new', 'known'],
  );
  t.same(evidenceOf(waived).at(-1), { label: 'waived', text: 'old news (file)' });
  t.equal(summaryOf(result), 'new');
  t.end();
});

void t.test('many failures of one rule are counted, not listed', (t) => {
  const failures = Array.from({ length: 13 }, () => failure({}));
  const { failures: some, more } = shownFailures(ruleResult({ ...base, status: 'failed', failures }));
  t.same([some.length, more], [10, 3]);
  t.end();
});

void t.test('a summary is the reason, the waiver or the first failure', (t) => {
  t.equal(summaryOf(ruleResult({ ...base, status: 'skipped', reason: 'r' })), 'r');
  t.equal(summaryOf(ruleResult({ ...base, status: 'failed', failures: [failure({ message: 'm' })] })), 'm');
  t.equal(summaryOf(ruleResult({ ...base, status: 'notRun' })), 'no reason given');
  const noted = ruleResult({
    ...base,
    status: 'skipped',
    reason: 'r',
    failures: [failure({ message: 'm' })],
  });
  t.equal(summaryOf(noted), 'm');
  const waiver = { reason: 'known', source: 'file' };
  t.equal(summaryOf(ruleResult({ ...base, status: 'waived', failures: [failure({ waiver })] })), 'known');
  t.end();
});
