/**
 * The fake, as tests of others start it.
 */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import t from 'tap';
import { CommandError, InputError, QmpClient } from '../../src/library/index.js';
import { listFaults, startFake } from '../../src/library/fake.js';
import { filesInMemory, loadSchema } from '../../src/library/qapi.js';
import { PATIENCE } from '../qmp/support.js';

/** The class of the error that a command is refused with. */
async function refusal(reply: Promise<unknown>): Promise<string> {
  const error: unknown = await reply.catch((error: unknown) => error);
  return error instanceof CommandError ? error.errorClass : 'none';
}

void t.test('on a Unix socket in a folder that goes with it', async (t) => {
  const fake = await startFake();
  t.match(fake.address, /^unix:\//);
  const path = fake.endpoint.kind === 'unix' ? fake.endpoint.path : '';
  t.ok(existsSync(path));
  await fake.close();
  await fake.close();
  t.equal(await fake.ended, 0);
  t.notOk(existsSync(dirname(path)));
});

void t.test('several at a time, on free ports of the loopback interface', async (t) => {
  const fakes = await Promise.all([startFake({ listen: 'tcp' }), startFake({ listen: 'tcp' })]);
  t.not(fakes[0].address, fakes[1].address);
  for (const fake of fakes) {
    t.match(fake.address, /^tcp:127\.0\.0\.1:[1-9]\d*$/);
    const client = await QmpClient.connect(fake.address, { timeoutMs: PATIENCE });
    t.match(await client.execute('query-status'), { running: true });
    await client.close();
    await fake.close();
  }
});

void t.test('ends when it is told to', async (t) => {
  const fake = await startFake();
  const client = await QmpClient.connect(fake.endpoint, { timeoutMs: PATIENCE });
  await client.execute('quit');
  t.equal(await fake.ended, 0);
  await client.close();
  await fake.close();
});

void t.test('any schema, under the conditions that were named', async (t) => {
  const { schema, errors } = loadSchema('s.json', {
    readFile: filesInMemory({
      's.json': [
        "{ 'command': 'qmp_capabilities', 'data': { '*enable': ['str'] } }",
        "{ 'struct': 'Greeting', 'data': { 'text': 'str' } }",
        "{ 'command': 'greet', 'data': { 'name': 'str' }, 'returns': 'Greeting' }",
        "{ 'command': 'wave', 'if': 'CONFIG_ARMS' }",
      ].join('\n'),
    }),
  });
  t.equal(errors, undefined);
  for (const defines of [[], ['CONFIG_ARMS']]) {
    const fake = await startFake({ schema, defines });
    const client = await QmpClient.connect(fake.address, { timeoutMs: PATIENCE });
    t.match(await client.execute('greet', { name: 'x' }), { text: String });
    t.equal(await refusal(client.execute('greet', { name: 1 })), 'GenericError');
    if (defines.length === 0) t.equal(await refusal(client.execute('wave')), 'CommandNotFound');
    else t.same(await client.execute('wave'), {});
    await client.close();
    await fake.close();
  }
});

void t.test('faults', async (t) => {
  const faults = listFaults();
  t.ok(faults.length > 300);
  t.same(new Set(faults.map(({ protocol }) => protocol)), new Set(['qmp', 'qga']));
  const fake = await startFake({ faults: ['yank-unknown-generic-error'] });
  const client = await QmpClient.connect(fake.address, { timeoutMs: PATIENCE });
  const reply = client.execute('yank', { instances: [{ type: 'chardev', id: 'none' }] });
  t.equal(await refusal(reply), 'GenericError');
  await client.close();
  await fake.close();
});

const bad = {
  'a fault that does not exist': { faults: ['id-lost-on-error'] },
  'a fault of another protocol': {
    faults: [listFaults().find(({ protocol }) => protocol === 'qga')?.id ?? ''],
  },
  'an address of another machine': { listen: 'tcp:192.0.2.1:4444' },
  'an address that is none': { listen: 'udp' },
  'a folder that does not exist': { listen: 'unix:/nowhere/qmp' },
  'a schema that does not exist': { schema: '/nowhere/schema.json' },
  'symbols without a schema': { defines: ['CONFIG_X'] },
};

for (const [what, options] of Object.entries(bad)) {
  void t.test(what, async (t) => {
    await t.rejects(startFake(options), InputError);
  });
}
