/**
 * A check that does not get to its own end leaves nothing behind, however it was ended.
 */
import t from 'tap';
import { block } from '../../suites/blocking.js';
import { anyError, reply, success } from '../../src/judge/index.js';
import type { CheckConnection } from '../../src/rules/index.js';
import type { Probe } from '../../src/rules/index.js';
import { chardevs, standing } from '../exchange/standing.js';
import { checking, checkReport, find, ping, ran, suite } from '../run/support.js';

const ID = 'left-over';
const add = { execute: 'chardev-add', arguments: { id: ID, backend: { type: 'null', data: {} } } };
const remove = { execute: 'chardev-remove', arguments: { id: ID } };

async function addChardev(probe: Probe): Promise<CheckConnection> {
  const qmp = await probe.negotiated();
  probe.onAbort(remove);
  await qmp.ask(add, success);
  return qmp;
}

const ends: Readonly<Record<string, (probe: Probe, qmp: CheckConnection) => Promise<void>>> = {
  'has failed': async (_probe, qmp) => {
    await qmp.ask({ execute: 'query-name' }, anyError);
  },
  'waits in vain': async (_probe, qmp) => {
    await qmp.exchange('{"execute":', { replies: [reply(1, success)] });
  },
  'fails by itself': () => Promise.reject(new Error('it fell over')),
  'finds that it does not apply': (probe) => probe.skip('it does not apply'),
};

for (const [how, end] of Object.entries(ends)) {
  void t.test(`what a check that ${how} has made is removed`, async (t) => {
    const server = await standing(t);
    let aborted = true;
    const suites = suite(
      checking('a.leaves', async (probe) => {
        await end(probe, await addChardev(probe));
        aborted = false;
      }),
      checking('a.next', async (probe) => {
        const qmp = await addChardev(probe);
        await qmp.ask(remove, success);
      }),
    );
    const result = await ran(server.source, { suites, options: { timeoutMs: 500 } });
    checkReport(t, result, suites);
    t.equal(find(result.report, 'a.next').status, 'passed', 'the next check finds the target as it was');
    t.notOk((await chardevs(server)).includes(ID));
    if (how !== 'has failed') t.ok(aborted, 'it did not get to its end');
  });
}

void t.test('what an interrupted check has made is removed', async (t) => {
  const server = await standing(t);
  const interrupt = new AbortController();
  const suites = suite(
    checking('a.leaves', async (probe) => {
      const qmp = await addChardev(probe);
      setImmediate(() => {
        interrupt.abort();
      });
      await qmp.exchange('', { replies: [reply(1, success)] });
    }),
  );
  const result = await ran(server.source, {
    suites,
    options: { timeoutMs: 10_000 },
    signal: interrupt.signal,
  });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.notOk((await chardevs(server)).includes(ID));
});

void t.test('a blocked main loop is released', async (t) => {
  const server = await standing(t);
  const suites = suite(
    checking('a.blocks', async (probe) => {
      const qmp = await probe.negotiated();
      await block(probe, qmp, '{"execute":"query-name","id":1}', { replies: [reply(1, success)] });
    }),
    checking('a.next', ping),
  );
  const result = await ran(server.source, { suites, options: { timeoutMs: 500 } });
  checkReport(t, result, suites);
  t.equal(find(result.report, 'a.blocks').status, 'failed');
  t.equal(find(result.report, 'a.next').status, 'passed');
  t.same(await chardevs(server), ['compat_monitor0']);
});

void t.test('a blocked main loop is released by an interruption too', async (t) => {
  const server = await standing(t);
  const interrupt = new AbortController();
  const suites = suite(
    checking('a.blocks', async (probe) => {
      const qmp = await probe.negotiated();
      setTimeout(() => {
        interrupt.abort();
      }, 100);
      await block(probe, qmp, '', { replies: [reply(1, success)] });
    }),
  );
  const result = await ran(server.source, {
    suites,
    options: { timeoutMs: 5000 },
    signal: interrupt.signal,
  });
  checkReport(t, result, suites);
  t.equal(result.exit, 130);
  t.same(await chardevs(server), ['compat_monitor0']);
});

void t.test('a check that holds is left alone', async (t) => {
  const server = await standing(t);
  const suites = suite(
    checking('a.keeps', async (probe) => {
      await addChardev(probe);
    }),
  );
  const result = await ran(server.source, { suites, options: { timeoutMs: 5000 } });
  t.equal(result.exit, 0);
  t.ok((await chardevs(server)).includes(ID), 'what it leaves it leaves on purpose');
});
