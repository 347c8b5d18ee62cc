/**
 * Requests in flight: whose reply is wrong, missing, late or one too many.
 */
import t from 'tap';
import { genericError, reply, success } from '../../src/judge/index.js';
import { isObject, jsonObject, type Json } from '../../src/json/index.js';
import type { Fault } from '../../src/fake/index.js';
import type { Probe } from '../../src/rules/index.js';
import { fakeSource } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';
import { proxied } from '../run/hostile.js';
import { checking, checkReport, failuresOf, faulty, find, ran, suite, type Ran } from '../run/support.js';

const COUNT = 200;

async function manyNames(probe: Probe): Promise<void> {
  const qmp = await probe.negotiated();
  await qmp.pipeline(
    Array.from({ length: COUNT }, () => ({ request: { execute: 'query-name' }, oneOf: [success] })),
  );
}

async function play(source: TargetSource, check = manyNames, timeoutMs = 5000): Promise<Ran> {
  return ran(source, { suites: suite(checking('a.many', check)), options: { timeoutMs } });
}

/** Changes what answers a request, by its id. */
function answering(
  change: (id: Json | undefined, answer: readonly Json[], memory: Map<string, Json>) => Json[],
): TargetSource {
  return faulty(({ reply: answer }) => ({
    reply: (request, outcome, session) =>
      change(
        isObject(request) && request.execute === 'query-name' ? request.id : undefined,
        answer(request, outcome, session),
        session.memory,
      ),
  }));
}

void t.test('all replies are judged', async (t) => {
  const result = await play(fakeSource());
  checkReport(t, result, suite(checking('a.many', manyNames)));
  t.equal(result.exit, 0);
  // Connecting, negotiating, and the proof of silence.
  t.equal(find(result.report, 'a.many').cases, COUNT + 3);
  t.equal(result.report.coverage.commands['query-name']?.succeeded, COUNT);
});

void t.test('a reply that is wrong', async (t) => {
  const result = await play(
    answering((id, answer) =>
      id === 70 ? [{ error: { class: 'GenericError', desc: 'no' }, id: 70 }] : [...answer],
    ),
  );
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, []);
  t.match(failure, { kind: 'refused', count: 1, request: '{"execute":"query-name","id":70}' });
  t.equal(find(result.report, 'a.many').cases, COUNT + 2, 'the others were judged as well');
  t.equal(result.report.complete, true);
});

void t.test('a reply with a wrong id', async (t) => {
  const result = await play(answering((id, answer) => (id === 70 ? [{ return: {}, id: 'x' }] : [...answer])));
  t.match(failuresOf(result.report), [{ kind: 'id-differs', count: 1 }]);
  t.match(failuresOf(result.report)[0]?.message, 'the reply carries the id "x", the request had 70');
});

void t.test('a reply that is lost', async (t) => {
  const result = await play(answering((id, answer) => (id === 70 || id === 71 ? [] : [...answer])));
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, []);
  t.match(failure, {
    kind: 'no-reply',
    count: 2,
    message: 'the request was not answered in its turn',
    request: '{"execute":"query-name","id":70}',
    response: '{"return":{},"id":72}',
  });
});

void t.test('the last reply is lost', async (t) => {
  const result = await play(
    answering((id, answer) => (id === COUNT + 1 ? [] : [...answer])),
    manyNames,
    300,
  );
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, []);
  t.match(failure, { kind: 'no-reply', message: 'no answer within 300 ms, while waiting for a reply' });
  t.equal(result.report.complete, true, 'the target is still there');
});

void t.test('replies that are swapped', async (t) => {
  const result = await play(
    answering((id, [answer = null], memory) => {
      if (id === 70) {
        memory.set('held', answer);
        return [];
      }
      return id === 71 ? [answer, memory.get('held') ?? null] : [answer];
    }),
  );
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, [], 'one was not answered in its turn, and all the others were');
  t.match(failure, { kind: 'no-reply', count: 1, request: '{"execute":"query-name","id":70}' });
});

void t.test('a reply too many', async (t) => {
  const result = await play(
    answering((id, answer) => (id === 70 ? [...answer, ...answer, ...answer] : [...answer])),
  );
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, [], 'it makes no other reply wrong');
  t.match(failure, { kind: 'extra-reply', count: 2, request: '{"execute":"query-name","id":70}' });
});

void t.test('a reply too many, after the last', async (t) => {
  const result = await play(
    answering((id, answer) => (id === COUNT + 1 ? [...answer, ...answer] : [...answer])),
  );
  t.match(failuresOf(result.report), [{ kind: 'extra-reply', count: 1 }]);
});

void t.test('replies that nobody asked for, for ever', async (t) => {
  const flood = Array.from({ length: 300 }, () =>
    jsonObject([
      ['return', {}],
      ['id', 69],
    ]),
  );
  const result = await play(
    answering((id, answer) => (id === 70 ? flood : [...answer])),
    manyNames,
    300,
  );
  t.same(
    failuresOf(result.report).map(({ kind }) => kind),
    ['extra-reply', 'no-reply'],
  );
});

void t.test('the same id for all', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    await qmp.pipeline(
      Array.from({ length: COUNT }, () => ({
        request: { execute: 'query-name', id: null },
        oneOf: [success],
      })),
    );
  };
  t.equal((await play(fakeSource(), check)).exit, 0);
});

void t.test('the connection ends in the middle', async (t) => {
  const leaving: Fault['change'] = ({ reply: answer }) => ({
    reply: (request, outcome, session) => {
      if (isObject(request) && request.id === 70) session.disconnect();
      return answer(request, outcome, session);
    },
  });
  const result = await play(faulty(leaving));
  const [failure, ...others] = failuresOf(result.report);
  t.same(others, []);
  t.match(failure, { kind: 'connection-lost', count: 1 });
  t.match(failure?.response, /"id":\d+\}$/, 'the last replies before the end');
  t.equal(result.report.complete, true, 'the target is still there');
});

void t.test('events come in between', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    await qmp.pipeline(
      Array.from({ length: COUNT }, (_, index) => ({
        request: { execute: index % 2 === 0 ? 'stop' : 'cont' },
        oneOf: [success],
      })),
    );
  };
  const result = await play(fakeSource(), check);
  t.equal(result.exit, 0);
  t.same(result.report.coverage.events, { RESUME: COUNT / 2, STOP: COUNT / 2 });
});

void t.test('nothing but events comes any more', async (t) => {
  const { source } = proxied({ vice: 'babbles', messages: 120 });
  const result = await play(source, manyNames, 500);
  t.equal(result.exit, 1);
  t.equal(result.report.stopped, 'target-lost');
  t.same(
    failuresOf(result.report).map(({ kind }) => kind),
    ['no-reply', 'target-lost'],
  );
});

void t.test('what nobody expects makes no pipeline', async (t) => {
  const check = async (probe: Probe): Promise<void> => {
    const qmp = await probe.negotiated();
    await qmp.pipeline([]);
    await qmp.exchange('{"execute":7,"id":1}', { replies: [reply(1, genericError)] });
  };
  t.equal((await play(fakeSource(), check)).exit, 0);
});
