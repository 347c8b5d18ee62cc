import t from 'tap';
import { Deadline } from '../../src/qmp/index.js';

void t.test('a deadline lets in what came in time, and no flood', (t) => {
  const early = new Deadline(60_000);
  t.ok(early.left > 0);
  t.equal(Array.from({ length: 100_000 }, () => early.spent()).includes(true), false);
  const late = new Deadline(0);
  t.ok(late.left <= 0);
  const answers = Array.from({ length: 10_000 }, () => late.spent());
  t.equal(answers.indexOf(true), 8192);
  t.equal(answers.lastIndexOf(false), 8191);
  t.end();
});
