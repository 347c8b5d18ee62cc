/**
 * The fake as a guest agent.
 */
import t, { type Test } from 'tap';
import { writeJson } from '../../src/json/index.js';
import { Connection, messageKind, type Endpoint } from '../../src/qmp/index.js';
import { bundledSchema } from '../../src/target/bundled-fake.js';
import { PATIENCE, startFake } from './support.js';

const schema = bundledSchema('qga');
/** What acts on a guest, and does not answer its success. */
const SILENT = ['guest-shutdown', 'guest-suspend-disk', 'guest-suspend-ram', 'guest-suspend-hybrid'];

async function agent(t: Test): Promise<Endpoint> {
  return (await startFake(t, { protocol: 'qga', schema })).endpoint;
}

async function connect(t: Test, endpoint: Endpoint): Promise<Connection> {
  const connection = await Connection.open(endpoint, { timeoutMs: PATIENCE });
  t.teardown(() => connection.close());
  return connection;
}

/** The bytes before the next message, and the message. */
async function next(connection: Connection): Promise<[string, string]> {
  const incoming = await connection.receive(PATIENCE);
  if (incoming.kind !== 'message') throw new Error(incoming.kind);
  const { separator, value } = incoming.message;
  t.equal(messageKind(value), 'reply');
  const shown = writeJson(value).replace(/"desc":".*?"(?=\})/, '"desc":""');
  return [Buffer.from(separator).toString('latin1'), shown];
}

void t.test('greets nobody, ends lines with LF, and delimits', async (t) => {
  const connection = await connect(t, await agent(t));
  connection.send('{"execute":"guest-ping"}{"execute":"guest-sync-delimited","arguments":{"id":7},"id":1}');
  connection.send('{"execute":"guest-sync","arguments":{"id":-9223372036854775808}}');
  connection.send('{"execute":"guest-sync-delimited","arguments":{"id":"7"}}');
  t.strictSame(await next(connection), ['', '{"return":{}}']);
  t.strictSame(await next(connection), ['\n\xff', '{"return":7,"id":1}']);
  t.strictSame(await next(connection), ['\n', '{"return":-9223372036854775808}']);
  t.strictSame(await next(connection), ['\n', '{"error":{"class":"GenericError","desc":""}}'], 'no error');
});

void t.test('a success that is not to be answered is not', async (t) => {
  t.strictSame(
    [...schema.commands.values()].filter((command) => !command.successResponse).map(({ name }) => name),
    SILENT,
  );
  const connection = await connect(t, await agent(t));
  for (const name of SILENT) {
    connection.send(`{"execute":"${name}","id":1}{"execute":"${name}","arguments":{"x":1},"id":2}`);
    t.match((await next(connection))[1], '{"error":{"class":"GenericError","desc":""},"id":2}', name);
  }
});

void t.test('half a request of one client is what the next one begins with', async (t) => {
  const endpoint = await agent(t);
  const first = await connect(t, endpoint);
  first.send('{"execute":"guest-ping"}{"execute":"guest-ping",');
  await next(first);
  await first.close();
  const second = await connect(t, endpoint);
  second.send('"id":5}');
  t.strictSame(await next(second), ['', '{"return":{},"id":5}']);
});

void t.test('a disabled command is listed and not found', async (t) => {
  const connection = await connect(t, await agent(t));
  connection.send('{"execute":"guest-info"}{"execute":"guest-get-devices","arguments":{"x":1}}');
  const [, info] = await next(connection);
  t.match(info, '{"name":"guest-get-devices","enabled":false,"success-response":true}');
  t.match(info, '{"name":"guest-shutdown","enabled":true,"success-response":false}');
  t.equal(info.match(/"name"/g)?.length, schema.commands.size);
  t.match((await next(connection))[1], '{"error":{"class":"CommandNotFound","desc":""}}');
});

void t.test('it knows nothing of monitors', async (t) => {
  const connection = await connect(t, await agent(t));
  for (const name of ['qmp_capabilities', 'query-qmp-schema', 'query-version', 'quit']) {
    connection.send(`{"execute":"${name}"}`);
    t.match((await next(connection))[1], '{"error":{"class":"CommandNotFound","desc":""}}', name);
  }
});
