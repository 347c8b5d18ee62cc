/**
 * How long a target is waited for, and when not any more.
 */
import fc from 'fast-check';
import t from 'tap';
import { Patience } from '../../src/exchange/index.js';

/** Lets a target keep silent until nobody waits any more; how long that took, in milliseconds. */
function silentUntilLost(patience: Patience): { readonly waitedMs: number; readonly silences: number } {
  let [waitedMs, silences] = [0, 0];
  while (patience.lost === undefined) {
    waitedMs += patience.limitMs;
    silences += 1;
    patience.silent(patience.limitMs);
    if (silences > 10_000) throw new Error('there is no end');
  }
  return { waitedMs, silences };
}

void t.test('one reply may take what the user says, as long as every one comes', (t) => {
  const patience = new Patience(5000);
  t.equal(patience.limitMs, 5000);
  for (let replies = 0; replies < 100_000; replies += 1) patience.answered(300);
  t.equal(patience.limitMs, 5000);
  t.equal(patience.lost, undefined, 'slow is not wrong');
  t.end();
});

void t.test('silence is waited for less and less, and not for ever', (t) => {
  const patience = new Patience(5000);
  const { waitedMs, silences } = silentUntilLost(patience);
  t.ok(waitedMs <= 30_000, `${waitedMs} ms`);
  t.ok(silences >= 20, `${silences} times`);
  t.match(patience.lost, { kind: 'silent', message: /^it kept silent \d+ times, \d+\.\d s in all$/ });
  t.end();
});

void t.test('no target is waited for less than its slowest answer took', (t) => {
  const patience = new Patience(5000);
  patience.answered(700);
  silentUntilLost(patience);
  t.ok(patience.limitMs >= 4 * 700, `${patience.limitMs} ms`);
  t.end();
});

void t.test('answers that take very long each end a run as well, and that is no silence', (t) => {
  const patience = new Patience(5000);
  let answers = 0;
  while (patience.lost === undefined) {
    patience.answered(3000);
    answers += 1;
  }
  t.ok(answers * 3000 <= 30_000, `${answers} answers`);
  t.match(patience.lost, { kind: 'slow', message: /too slow .* a larger --timeout/ });
  const more = new Patience(60_000);
  for (let count = 0; count < answers; count += 1) more.answered(3000);
  t.equal(more.lost, undefined, 'a larger time limit gives it more');
  t.end();
});

void t.test(
  'whatever comes in whatever order, waiting is bounded and never longer than one reply may take',
  (t) => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60_000 }),
        fc.array(fc.oneof(fc.constant('silence' as const), fc.integer({ min: 0, max: 60_000 })), {
          maxLength: 500,
        }),
        (timeoutMs, course) => {
          const patience = new Patience(timeoutMs);
          let waitedMs = 0;
          for (const what of course) {
            if (patience.lost !== undefined) break;
            const { limitMs } = patience;
            if (limitMs > timeoutMs || limitMs <= 0) return false;
            if (what === 'silence') {
              patience.silent(limitMs);
              waitedMs += limitMs;
            } else patience.answered(Math.min(what, limitMs));
          }
          return waitedMs <= 6 * timeoutMs;
        },
      ),
    );
    t.end();
  },
);
