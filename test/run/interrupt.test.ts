/**
 * Runs that the user ends: they end soon, no rule fails, and they say what was done.
 */
import t, { type Test } from 'tap';
import { success, reply } from '../../src/judge/index.js';
import type { RunEvent } from '../../src/result/index.js';
import type { Probe } from '../../src/rules/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';
import { impostor } from './hostile.js';
import {
  checking,
  checkReport,
  failuresOf,
  find,
  ping,
  ran,
  suite,
  watching,
  type RunRequest,
} from './support.js';

/** Long enough that a run which waits for it would be noticed. */
const options = { timeoutMs: 60_000 };

/** Interrupts a run in the middle of a check that goes on for ever, and checks the report. */
async function interrupted(
  t: Test,
  check: (probe: Probe, interrupt: () => void) => Promise<void>,
  { source = fakeSource(), ...others }: RunRequest & { readonly source?: TargetSource } = {},
): Promise<void> {
  const controller = new AbortController();
  const suites = suite(
    checking('a.before', ping),
    checking('a.during', (probe) =>
      check(probe, () => {
        controller.abort();
      }),
    ),
    checking('a.after', ping),
    watching('w.replies', ({ kind }) => (kind === 'reply' ? [] : undefined)),
    watching('w.events', ({ kind }) => (kind === 'event' ? [] : undefined)),
  );
  const result = await ran(source, { suites, options, signal: controller.signal, ...others });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.equal(result.report.stopped, 'interrupted');
  t.equal(result.report.complete, false);
  t.equal(result.report.verdict, 'not-testable');
  t.same(failuresOf(result.report), [], 'no rule fails');
  t.equal(find(result.report, 'a.before').status, 'passed', 'what was done stays');
  for (const id of ['a.during', 'a.after', 'w.replies', 'w.events']) {
    const { status, reason } = find(result.report, id);
    t.same({ status, reason }, { status: 'notRun', reason: 'the run was interrupted' }, id);
  }
}

void t.test('while a reply is waited for', (t) =>
  interrupted(t, async (probe, interrupt) => {
    const qmp = await probe.negotiated();
    setImmediate(interrupt);
    await qmp.exchange('', { replies: [reply(1, success)] });
  }),
);

void t.test('while a connection is made', (t) =>
  interrupted(t, async (probe, interrupt) => {
    for (let count = 0; ; count += 1) {
      const connecting = probe.connect();
      if (count === 3) interrupt();
      await (await connecting).close();
    }
  }),
);

void t.test('in the middle of a pipeline', (t) =>
  interrupted(t, async (probe, interrupt) => {
    const qmp = await probe.negotiated();
    function* endless() {
      for (let count = 0; ; count += 1) {
        if (count === 1000) setImmediate(interrupt);
        yield { request: { execute: 'query-name' }, oneOf: [success] };
      }
    }
    await qmp.pipeline(endless());
  }),
);

void t.test('between the polls for something that never comes', (t) =>
  interrupted(t, async (probe, interrupt) => {
    const qmp = await probe.negotiated();
    setTimeout(interrupt, 50);
    await qmp.until({ execute: 'query-status' }, { outcome: 'returns', value: 1 });
  }),
);

void t.test('while a socket is waited for', (t) =>
  interrupted(
    t,
    async (probe, interrupt) => {
      await probe.negotiated();
      setTimeout(interrupt, 20);
      await probe.awaitSocket('nowhere');
    },
    { options: { timeoutMs: 1000 } },
  ),
);

void t.test('in a check that then fails by itself', (t) =>
  interrupted(t, async (probe, interrupt) => {
    await probe.negotiated();
    interrupt();
    throw new Error('of course, its connections are gone');
  }),
);

void t.test('in a check that then finds that it does not apply', (t) =>
  interrupted(t, async (probe, interrupt) => {
    await probe.negotiated();
    interrupt();
    probe.skip('nobody answers');
  }),
);

void t.test('in a check that wants to go on elsewhere', (t) =>
  interrupted(t, async (probe, interrupt) => {
    await probe.negotiated();
    interrupt();
    await probe.negotiated();
    t.fail('it must not get further');
  }),
);

void t.test('in the discover', async (t) => {
  for (const source of [impostor('never greets'), impostor('greets, and sends events without end')]) {
    const controller = new AbortController();
    const suites = suite(checking('a.ping', ping));
    const onEvent = (event: RunEvent): void => {
      if (event.type === 'run-started')
        setTimeout(() => {
          controller.abort();
        }, 300);
    };
    const result = await ran(source, { suites, options, signal: controller.signal, onEvent });
    checkReport(t, result, suites);
    t.equal(result.exit, 130);
    t.equal(result.report.stopped, 'interrupted');
    t.equal(find(result.report, 'a.ping').reason, 'the run was interrupted');
  }
});

void t.test('while the target starts', async (t) => {
  const controller = new AbortController();
  const silent = impostor('never greets');
  const source: TargetSource = {
    ...silent,
    start: async () => {
      const target = await silent.start();
      controller.abort();
      return target;
    },
  };
  const suites = suite(checking('a.ping', ping));
  // Nobody waits for the greeting: it would take longer than a test may.
  const result = await ran(source, { suites, options, signal: controller.signal });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
});

void t.test('before it has begun', async (t) => {
  const suites = suite(checking('a.ping', ping));
  const result = await ran(fakeSource(), { suites, options, signal: AbortSignal.abort() });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.equal(find(result.report, 'a.ping').status, 'notRun');
});

void t.test('while a target of its own starts', async (t) => {
  const controller = new AbortController();
  let starts = 0;
  let stops = 0;
  const slow: TargetSource = {
    ...fakeSource(),
    start: async () => {
      starts += 1;
      const target = await fakeSource().start();
      if (starts > 1) controller.abort();
      return {
        ...target,
        stop: async () => {
          stops += 1;
          await target.stop();
        },
      };
    },
  };
  const suites = suite(
    checking('a.own', () => Promise.reject(new Error('it must not be checked')), {
      needs: { profile: 'full', ownTarget: true },
    }),
  );
  const result = await ran(slow, { suites, options, signal: controller.signal });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.equal(stops, 2, 'both were ended');
});

void t.test(
  'what had failed before stays a failure, and the exit code says that it was interrupted',
  async (t) => {
    const controller = new AbortController();
    const suites = suite(
      checking('a.fails', async (probe) => {
        const qmp = await probe.negotiated();
        await qmp.ask({ execute: 'no-such-command' }, success);
        setImmediate(() => {
          controller.abort();
        });
        await qmp.exchange('', { replies: [reply(1, success)] });
      }),
    );
    const result = await ran(fakeSource(), { suites, options, signal: controller.signal });
    checkReport(t, result, suites);
    t.equal(find(result.report, 'a.fails').status, 'failed');
    t.equal(failuresOf(result.report).length, 1);
    t.equal(result.report.verdict, 'nonconformant');
    t.equal(result.exit, 130);
  },
);
