/**
 * Runs that the user ends while cases are sent: they end soon, no rule fails, and no target is left behind.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { isObject, jsonObject } from '../../src/json/index.js';
import type { OptionsReport } from '../../src/result/index.js';
import {
  mortal,
  numbered,
  saying,
  sayings,
  sending,
  SURVIVES,
  surviving,
  type MortalOptions,
  type Trouble,
} from '../run/mortal.js';
import { checkReport, failuresOf, find, ran } from '../run/support.js';

/** Long enough that a run which waits for it would be noticed. */
const timeoutMs = 60_000;
const WORDS = numbered(5000);

interface Scene extends MortalOptions {
  readonly trouble?: (word: string, target: number) => Trouble | undefined;
  readonly options?: Partial<OptionsReport>;
}

/** Interrupts a run in the middle of its cases, and checks what it leaves. */
async function interrupted(t: Test, play: (interrupt: () => void) => Scene): Promise<string[]> {
  const controller = new AbortController();
  const {
    trouble = () => undefined,
    options,
    ...others
  } = play(() => {
    controller.abort();
  });
  const { source, words, started, stopped } = mortal(trouble, others);
  const suites = surviving(
    sending('a.before', () => sayings(['v0'])),
    sending('a.during', () => sayings(WORDS)),
    sending('a.after', () => sayings(['v1'])),
  );
  const result = await ran(source, {
    suites,
    options: { timeoutMs, ...options },
    signal: controller.signal,
  });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.equal(result.report.stopped, 'interrupted');
  t.strictSame(failuresOf(result.report), [], 'no rule fails');
  t.equal(find(result.report, 'a.before').status, 'passed', 'what was done stays');
  for (const id of ['a.during', 'a.after', SURVIVES]) {
    const { status, reason } = find(result.report, id);
    t.same({ status, reason }, { status: 'notRun', reason: 'the run was interrupted' }, id);
  }
  t.equal(stopped(), started(), 'no target is left behind');
  t.ok(words().length < WORDS.length, 'it did not go on to the end');
  t.notOk(words().includes('v1'));
  return words();
}

void t.test('in the middle of the cases', (t) =>
  interrupted(t, (interrupt) => ({
    onRequest: ({ word }) => {
      if (word === 'w500') interrupt();
    },
  })),
);

void t.test('with two targets', (t) =>
  interrupted(t, (interrupt) => ({
    options: { jobs: 2 },
    onRequest: ({ word }) => {
      if (word === 'w500') interrupt();
    },
  })),
);

void t.test('on a target of others', (t) =>
  interrupted(t, (interrupt) => ({
    owned: false,
    onRequest: ({ word }) => {
      if (word === 'w500') interrupt();
    },
  })),
);

void t.test('while an answer is waited for that never comes', (t) =>
  interrupted(t, (interrupt) => ({
    trouble: (word) => (word === 'w70' ? 'hangs' : undefined),
    onRequest: ({ word }) => {
      if (word === 'w70') setTimeout(interrupt, 50);
    },
  })),
);

void t.test('while the trigger is tried on a fresh target, which hangs', (t) =>
  interrupted(t, (interrupt) => ({
    trouble: (word, target) => (word !== 'w70' ? undefined : target === 2 ? 'crashes' : 'hangs'),
    onRequest: ({ word, target }) => {
      if (word === 'w70' && target > 2) setTimeout(interrupt, 50);
    },
  })),
);

for (const number of [2, 3, 4]) {
  void t.test(`while the target number ${number} starts`, async (t) => {
    const controller = new AbortController();
    const { source, words, started, stopped } = mortal((word) => (word === 'w70' ? 'crashes' : undefined));
    let starts = 0;
    const slow = {
      ...source,
      start: async () => {
        starts += 1;
        if (starts === number) {
          controller.abort();
          await sleep(20);
        }
        return source.start();
      },
    };
    const suites = surviving(sending('a.one', () => sayings(WORDS)));
    const result = await ran(slow, { suites, options: { timeoutMs }, signal: controller.signal });
    checkReport(t, result, suites);
    t.equal(result.exit, 130);
    t.equal(started(), number, 'no other is started');
    t.equal(stopped(), started());
    t.ok(words().length <= 200);
  });
}

void t.test('while failures are made smaller', async (t) => {
  const controller = new AbortController();
  const { source, started, stopped } = mortal((word) => (word.startsWith('x') ? 'refuses' : undefined));
  let tries = 0;
  const suites = surviving(
    sending('a.one', () => [
      saying('x'.repeat(100), {
        path: 'word',
        variable: () => ({
          value: jsonObject([['path', 'x'.repeat(100)]]),
          with: (value) => {
            tries += 1;
            if (tries === 5) controller.abort();
            const path = value !== undefined && isObject(value) ? value.path : undefined;
            return typeof path === 'string' ? saying(path, { path: 'word' }) : undefined;
          },
        }),
      }),
    ]),
  );
  const result = await ran(source, { suites, options: { timeoutMs }, signal: controller.signal });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.ok(tries < 20, `${tries} tries`);
  t.equal(stopped(), started());
});
