/**
 * Statuses, levels, needs and counts, with small suites made by hand.
 */
import t, { type Test } from 'tap';
import { returnsWith, reply, success } from '../../src/judge/index.js';
import { isObject } from '../../src/json/index.js';
import { TargetError } from '../../src/qmp/index.js';
import type { RunEvent, SourcedWaiver } from '../../src/result/index.js';
import type { Requirements, Rule } from '../../src/rules/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';
import {
  checking,
  checkReport,
  expectTooMuch,
  failuresOf,
  faulty,
  find,
  kinds,
  ping,
  ran,
  suite,
  watching,
  withFaults,
  type Ran,
  type RunRequest,
} from './support.js';

/** Runs rules on the clean fake, unless told otherwise, and checks the report. */
async function play(
  t: Test,
  rules: readonly Rule[],
  { source = fakeSource(), ...request }: RunRequest & { readonly source?: TargetSource } = {},
): Promise<Ran> {
  const suites = suite(...rules);
  const options = { timeoutMs: 5000, ...request.options };
  const result = await ran(source, { suites, ...request, options });
  checkReport(t, result, suites);
  return result;
}

function statuses({ report }: Ran): Record<string, string> {
  return Object.fromEntries(report.results.map(({ id, status }) => [id, status]));
}

const waiver: SourcedWaiver = {
  rule: 'a.failed',
  kind: 'accepted',
  reason: 'it is known',
  evidence: { requirement: 'r', request: 'q', reply: 'a' },
  source: 'test',
};

void t.test('what holds is passed, what does not is failed', async (t) => {
  const rules = [checking('a.passed', ping), checking('a.failed', expectTooMuch)];
  const result = await play(t, rules);
  t.same(statuses(result), { 'a.passed': 'passed', 'a.failed': 'failed' });
  t.equal(result.exit, 1);
  t.equal(result.report.verdict, 'nonconformant');
  t.equal(result.report.verdictReason, '1 rule does not hold');
  t.equal(result.report.complete, true);
  const [failure] = failuresOf(result.report);
  t.match(failure, {
    key: 'a.failed|||accepted',
    count: 1,
    request: '{"execute":"query-version","id":2}',
    expected: 'an error of class GenericError with id 2',
    replay: 'replay',
  });
  t.match(failure?.response, /^\{"return":.*"id":2\}$/);
  t.equal(
    find(result.report, 'a.passed').cases,
    4,
    'connecting, negotiating, asking, and the proof of silence',
  );
  const [passed] = rules;
  t.equal((await play(t, passed === undefined ? [] : [passed])).exit, 0);
});

void t.test('a failure that a waiver covers does not decide', async (t) => {
  const rules = [checking('a.passed', ping), checking('a.failed', expectTooMuch)];
  const given = await play(t, rules, { waivers: [waiver] });
  t.same(statuses(given), { 'a.passed': 'passed', 'a.failed': 'waived' });
  t.equal(given.exit, 0);
  t.same(failuresOf(given.report)[0]?.waiver, { reason: 'it is known', source: 'test' });
  const builtin = await play(t, rules, { builtinWaivers: () => Promise.resolve([waiver]) });
  t.equal(builtin.exit, 0);
  const other = await play(t, rules, {
    builtinWaivers: () => Promise.resolve([{ ...waiver, kind: 'refused' }]),
  });
  t.equal(other.exit, 1);
  const twoWays = checking('a.failed', async (probe) => {
    await expectTooMuch(probe);
    await (await probe.negotiated()).ask({ execute: 'no-such-command' }, success);
  });
  const half = await play(t, [twoWays], { waivers: [waiver] });
  t.same(statuses(half), { 'a.failed': 'failed' }, 'one failure that no waiver covers is enough');
  t.equal(failuresOf(half.report).filter(({ waiver }) => waiver !== undefined).length, 1);
});

void t.test('rules below the level are shown and not judged', async (t) => {
  const rules = (['must', 'should', 'info'] as const).map((level) =>
    checking(`a.${level}`, level === 'must' ? ping : expectTooMuch, { level }),
  );
  const expected = { info: 1, should: 1, must: 0 };
  for (const level of ['info', 'should', 'must'] as const) {
    const result = await play(t, rules, { options: { level } });
    t.equal(result.exit, expected[level], level);
    t.equal(result.report.totals.failed, { info: 2, should: 1, must: 0 }[level]);
    const shown = result.report.results.filter(({ status }) => status === 'skipped');
    for (const { failures, reason, level: of } of shown) {
      t.equal(failures.length, 1, 'it is shown');
      t.equal(reason, `it does not hold; rules of level ${of} are shown and not judged`);
    }
    t.equal(shown.length, { info: 0, should: 1, must: 2 }[level]);
  }
});

void t.test('the loss of the target is judged, whatever the level', async (t) => {
  const quit = checking(
    'a.quits',
    async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'quit' }, success);
      await qmp.ask({ execute: probe.info.ping }, success);
    },
    { level: 'info' },
  );
  const result = await play(t, [quit, checking('a.next', ping)]);
  t.same(statuses(result), { 'a.quits': 'failed', 'a.next': 'notRun' });
  t.equal(result.exit, 1);
  t.equal(result.report.target.exit, 'exit status 0');
});

void t.test('a check that fails by itself is our fault', async (t) => {
  const broken = new Error('out of luck');
  const rules = [
    checking('a.errored', () => Promise.reject(broken)),
    checking('a.late', async (probe) => {
      await expectTooMuch(probe);
      throw broken;
    }),
    checking('a.passed', ping),
  ];
  const result = await play(t, rules);
  t.same(statuses(result), { 'a.errored': 'errored', 'a.late': 'errored', 'a.passed': 'passed' });
  t.equal(find(result.report, 'a.errored').reason, 'out of luck');
  t.equal(find(result.report, 'a.late').failures.length, 1, 'what was found before stays');
  t.equal(result.exit, 70);
  t.equal(result.internalError, broken);
  t.equal(result.report.verdict, 'not-testable');
  t.equal(result.report.complete, true);
});

void t.test('a check that judges nothing is our fault', async (t) => {
  const result = await play(t, [checking('a.idle', () => Promise.resolve())]);
  t.same(statuses(result), { 'a.idle': 'errored' });
  t.equal(find(result.report, 'a.idle').reason, 'the check ended without having judged anything');
  t.equal(result.exit, 70);
});

void t.test('a rule that judges returns and fails by itself is our fault', async (t) => {
  const rule = checking(
    'a.judge',
    async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'query-name' }, { outcome: 'returns-judged', rule: 'a.judge' });
    },
    {
      judge: () => {
        throw new Error('no judge today');
      },
    },
  );
  const result = await play(t, [rule]);
  t.equal(find(result.report, 'a.judge').reason, 'no judge today');
  t.equal(result.exit, 70);
});

void t.test('a check may find out that it does not apply', async (t) => {
  const result = await play(t, [
    checking('a.skips', async (probe) => {
      await probe.negotiated();
      probe.skip('there is no moon');
    }),
  ]);
  t.same(statuses(result), { 'a.skips': 'skipped' });
  t.equal(find(result.report, 'a.skips').reason, 'there is no moon');
  t.equal(result.exit, 2, 'nothing was checked');
  t.equal(result.report.verdict, 'not-testable');
});

void t.test('a rule whose needs are not met is skipped, without a request', async (t) => {
  const shared: TargetSource = {
    ...fakeSource(),
    owned: false,
    start: async () => {
      const target = await fakeSource().start();
      return { ...target, monitors: target.monitors.slice(0, 1), sharesFiles: false };
    },
  };
  const needs: Record<string, [Partial<Requirements>, string | undefined]> = {
    'a.profile': [{ profile: 'full' }, 'needs --profile full'],
    'a.safe': [{ profile: 'safe' }, undefined],
    'a.oob': [{ oob: true }, undefined],
    'a.two': [{ monitors: 2 }, undefined],
    'a.files': [{ localFiles: true }, 'the target may not reach sockets on this machine'],
    'a.own': [{ ownTarget: true }, 'it ends the target, which is not ours to end'],
    'a.file': [{ schema: 'file' }, 'no --schema was given to compare with'],
    'a.commands': [{ commands: ['stop', 'fly'] }, 'the target has no command fly'],
    'a.introspection': [{ schema: 'introspection' }, undefined],
  };
  let checked = 0;
  const rules = Object.entries(needs).map(([id, [need]]) =>
    checking(
      id,
      async (probe) => {
        checked += 1;
        await ping(probe);
      },
      { needs: { profile: 'readonly', ...need } },
    ),
  );
  const result = await play(t, rules, {
    source: shared,
    fileSchema: undefined,
    options: { profile: 'safe' },
  });
  for (const [id, [, reason]] of Object.entries(needs)) {
    const { status, reason: why } = find(result.report, id);
    t.equal(why, reason, id);
    t.equal(status, reason === undefined ? 'passed' : 'skipped', id);
  }
  t.equal(checked, 4);
  t.equal(
    result.events.filter(({ type }) => type === 'rule-started').length,
    4,
    'what is skipped is not started',
  );
});

void t.test('what a check leaves unread is found', async (t) => {
  const rules = [checking('a.ping', ping)];
  const twice = faulty(({ reply: answer }) => ({
    reply: (request, outcome, session) =>
      answer(request, outcome, session).flatMap((message) =>
        isObject(message) && message.id === 2 ? [message, message] : [message],
      ),
  }));
  const result = await play(t, rules, { source: twice });
  t.same(kinds(result.report, 'a.ping'), ['extra-reply']);
  const other = checking('a.other', async (probe) => {
    await probe.negotiated();
    await ping(probe);
  });
  const toAll = await play(t, [other], { source: withFaults('replies-to-all-sessions') });
  t.ok(kinds(toAll.report, 'a.other').includes('extra-reply'), 'on every connection that is open');
});

void t.test('a rule that ends the target has one of its own', async (t) => {
  let starts = 0;
  let stops = 0;
  const counting: TargetSource = {
    ...fakeSource(),
    start: async () => {
      starts += 1;
      const target = await fakeSource().start();
      return {
        ...target,
        stop: async () => {
          stops += 1;
          await target.stop();
        },
      };
    },
  };
  const quits = checking(
    'a.quits',
    async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.exchange('{"execute":"quit","id":1}', { replies: [reply(1, success)], close: true });
      await qmp.close();
      await probe.requireExit(0);
    },
    { needs: { profile: 'full', ownTarget: true } },
  );
  const dies = checking('a.dies', (probe) => quits.check(probe), {
    needs: { profile: 'full', ownTarget: true },
  });
  const result = await play(t, [quits, checking('a.between', ping), dies, checking('a.after', ping)], {
    source: counting,
  });
  t.equal(result.exit, 0);
  t.equal(result.report.totals.passed, 4);
  t.equal(starts, 3);
  t.equal(stops, 3);
  t.notOk('exit' in result.report.target, 'the target of the run did not end by itself');
});

void t.test('a target of its own that crashes is a failure of the rule, and the run goes on', async (t) => {
  const crashes = checking(
    'a.crashes',
    async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: 'quit' }, success);
      await qmp.ask({ execute: probe.info.ping }, success);
    },
    { needs: { profile: 'full', ownTarget: true } },
  );
  const result = await play(t, [crashes, checking('a.after', ping)]);
  t.same(statuses(result), { 'a.crashes': 'failed', 'a.after': 'passed' });
  t.same(kinds(result.report, 'a.crashes'), ['connection-lost']);
  t.equal(result.report.complete, true);
});

void t.test('a second target that cannot be had is no failure of a rule', async (t) => {
  let starts = 0;
  const once: TargetSource = {
    ...fakeSource(),
    start: () => {
      starts += 1;
      return starts === 1 ? fakeSource().start() : Promise.reject(new TargetError('the image is in use'));
    },
  };
  const own = checking('a.own', ping, { needs: { profile: 'full', ownTarget: true } });
  const result = await play(t, [own, checking('a.after', ping)], { source: once });
  t.same(statuses(result), { 'a.own': 'skipped', 'a.after': 'passed' });
  t.equal(find(result.report, 'a.own').reason, 'no second target could be had: the image is in use');
  t.equal(result.report.complete, true);
  t.equal(result.exit, 0);
});

void t.test('every round of a repeated run counts', async (t) => {
  let round = 0;
  const rules = [
    checking('a.once', async (probe) => {
      round += 1;
      await (round === 2 ? expectTooMuch(probe) : ping(probe));
    }),
    checking('a.errored', (probe) => (round === 1 ? Promise.reject(new Error('once')) : ping(probe))),
    checking('a.passed', ping),
  ];
  const result = await play(t, rules, { options: { repeat: 3 } });
  t.equal(round, 3);
  t.same(statuses(result), { 'a.once': 'failed', 'a.errored': 'errored', 'a.passed': 'passed' });
  t.equal(find(result.report, 'a.passed').cases, 12);
  t.equal(failuresOf(result.report)[0]?.count, 1);
  t.equal(result.exit, 70, 'an exception in any round is one');
  const started = (id: string): number =>
    result.events.filter((event) => event.type === 'rule-started' && event.id === id).length;
  t.equal(started('a.passed'), 3);
});

void t.test('enough failures end the run', async (t) => {
  const rules = [
    checking('a.failed', expectTooMuch),
    checking('a.info', expectTooMuch, { level: 'info' }),
    checking('a.passed', ping),
    checking('b.failed', expectTooMuch),
    checking('a.rest', ping),
    watching('a.watch', ({ kind }) => (kind === 'reply' ? [] : undefined)),
  ];
  const result = await play(t, rules, { options: { maxFailures: 2 } });
  t.same(statuses(result), {
    'a.failed': 'failed',
    'a.info': 'skipped',
    'a.passed': 'passed',
    'b.failed': 'failed',
    'a.rest': 'notRun',
    'a.watch': 'notRun',
  });
  t.equal(result.report.stopped, 'max-failures');
  t.equal(result.report.complete, false);
  t.equal(find(result.report, 'a.rest').reason, 'the run ended at --max-failures');
  t.equal(result.exit, 1);
  const waived = await play(t, rules, { options: { maxFailures: 2 }, waivers: [waiver] });
  t.equal(waived.report.complete, true, 'what is waived or only shown is no failure');
});

void t.test('a rule that watches is told of every message', async (t) => {
  const rules = [
    checking('a.ping', ping),
    watching('w.replies', ({ kind }) => (kind === 'reply' ? [] : undefined)),
    watching('w.greetings', ({ kind }, { index }) =>
      kind === 'greeting' ? [{ kind: 'seen', message: `a greeting at ${index}` }] : undefined,
    ),
    watching('w.events', ({ kind }) => (kind === 'event' ? [] : undefined)),
    watching('w.broken', () => {
      throw new Error('my eyes');
    }),
  ];
  const result = await play(t, rules);
  t.same(statuses(result), {
    'a.ping': 'passed',
    'w.replies': 'passed',
    'w.greetings': 'failed',
    'w.events': 'skipped',
    'w.broken': 'errored',
  });
  t.equal(find(result.report, 'w.replies').cases, 6, 'three of the discover, three of the check');
  t.match(find(result.report, 'w.greetings'), {
    cases: 2,
    failures: [{ count: 2, message: 'a greeting at 0', request: '(connecting)', expected: 'it holds' }],
  });
  t.equal(find(result.report, 'w.events').reason, 'no message of the kind came in');
  t.equal(find(result.report, 'w.broken').reason, 'my eyes');
  t.equal(result.exit, 70);
});

void t.test('the same failure is counted, and its smallest example kept', async (t) => {
  const source = faulty(({ reply: answer }) => ({
    reply: (request, outcome, session) =>
      answer(request, outcome, session).map((message) =>
        isObject(message) && typeof message.id === 'string' && !message.id.startsWith('~')
          ? { ...message, id: 'wrong' }
          : message,
      ),
  }));
  const rule = checking('a.ids', async (probe) => {
    const qmp = await probe.negotiated();
    for (const id of ['somewhat long', 's', 'longer than others'])
      await qmp.ask({ execute: 'query-name', id }, success);
  });
  const result = await play(t, [rule], { source });
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, []);
  t.match(failure, {
    key: 'a.ids|||id-differs',
    count: 3,
    message: 'the reply carries the id "wrong", the request had "s"',
    request: '{"execute":"query-name","id":"s"}',
    expected: 'a success with id "s"',
  });
});

void t.test(
  'a server that is wrong in very many ways fills no report, and its end is told all the same',
  async (t) => {
    const rule = checking('a.many', async (probe) => {
      const qmp = await probe.negotiated();
      for (let index = 0; index < 80; index += 1)
        await qmp.ask({ execute: 'query-name' }, returnsWith({ [`m${index}`]: 1 }));
      await qmp.ask({ execute: 'quit' }, success);
      await qmp.ask({ execute: 'query-name' }, success);
    });
    const result = await play(t, [rule]);
    t.equal(failuresOf(result.report).length, 51);
    t.equal(failuresOf(result.report).at(-1)?.kind, 'target-lost');
  },
);

void t.test('progress is told now and then', async (t) => {
  const rule = checking('a.long', async (probe) => {
    const qmp = await probe.negotiated();
    await qmp.pipeline(
      Array.from({ length: 1000 }, () => ({ request: { execute: 'query-name' }, oneOf: [success] })),
    );
  });
  const progress: number[] = [];
  const onEvent = (event: RunEvent): void => {
    if (event.type === 'rule-progress') progress.push(event.cases);
  };
  await play(t, [rule], { onEvent });
  t.same(progress, [256, 512, 768]);
});
