/**
 * What the models return conforms to the schema, before and after things have happened to the machine.
 */
import t from 'tap';
import type { JsonObject } from '../../src/json/index.js';
import { checkReturn } from '../../src/judge/index.js';
import { referenceSchema } from '../../src/target/bundled-fake.js';
import { addSocketChardev, Listener, unixAddress } from './models/support.js';
import { Client, startFake } from './support.js';

const schema = referenceSchema();

/** The problems of what all queries return that need no arguments. */
async function problemsOfQueries(client: Client): Promise<string[]> {
  const problems: string[] = [];
  for (const command of schema.commands.values()) {
    const mandatory = command.arguments?.members.filter(({ optional }) => !optional) ?? [];
    if (!command.name.startsWith('query-') || mandatory.length > 0) continue;
    const reply = await client.request({ execute: command.name });
    if (reply.return === undefined) continue;
    for (const { path, message } of checkReturn(command, reply.return)) {
      problems.push(`${command.name}: ${path} ${message}`);
    }
  }
  return problems;
}

void t.test('all queries', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint, 'oob');
  t.strictSame(await problemsOfQueries(client), [], 'at first');

  const peer = await Listener.start(t);
  await addSocketChardev(client, 'c', { addr: unixAddress(peer.path), server: false });
  await client.ask('chardev-add', { id: 'r', backend: { type: 'ringbuf', data: {} } });
  await client.ask('blockdev-add', { driver: 'null-co', 'node-name': 'a', 'read-only': true });
  const file = { driver: 'nbd', server: { type: 'unix', path: peer.path } };
  await client.ask('blockdev-add', { driver: 'raw', 'node-name': 'b', file });
  const capabilities = [
    { capability: 'return-path', state: true },
    { capability: 'events', state: true },
  ];
  await client.ask('migrate-set-capabilities', { capabilities });
  await client.ask('migrate-set-parameters', {
    'max-bandwidth': -1,
    'tls-creds': null,
    'tls-hostname': 'x',
    'multifd-channels': 255,
  });
  await client.ask('migrate', { uri: `unix:${peer.path}` });
  await client.ask('stop');
  t.strictSame(await problemsOfQueries(client), [], 'with everything in use');

  const instances = [{ type: 'migration' }, { type: 'chardev', id: 'c' }];
  await client.ask('yank', { instances });
  t.match(await client.ask('query-migrate'), { status: 'failed' });
  t.strictSame(await problemsOfQueries(client), [], 'after a yank');
});

void t.test('commands that have a model return what their type says', async (t) => {
  const server = await startFake(t);
  const client = await Client.negotiated(t, server.endpoint);
  const peer = await Listener.start(t);
  const socket = { type: 'socket', data: { addr: unixAddress(peer.path), server: false } };
  const calls: [name: string, args: JsonObject][] = [
    ['chardev-add', { id: 'c', backend: socket }],
    ['chardev-remove', { id: 'c' }],
    ['blockdev-add', { driver: 'null-co', 'node-name': 'a' }],
    ['blockdev-del', { 'node-name': 'a' }],
    ['yank', { instances: [] }],
    ['migrate-set-capabilities', { capabilities: [] }],
    ['migrate-set-parameters', {}],
    ['migrate', { uri: `unix:${peer.path}` }],
    ['migrate_cancel', {}],
    ['stop', {}],
    ['cont', {}],
    ['system_reset', {}],
    ['system_powerdown', {}],
    ['human-monitor-command', { 'command-line': 'info' }],
    ['quit', {}],
  ];
  for (const [name, args] of calls) {
    const command = schema.commands.get(name);
    const reply = await client.request({ execute: name, arguments: args });
    if (command === undefined || reply.return === undefined) t.fail(name);
    else t.strictSame(checkReturn(command, reply.return), [], name);
  }
});
