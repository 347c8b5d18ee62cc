/**
 * Words for what the two servers are asked.
 */
import type { Json, JsonObject } from '../../../src/json/index.js';
import type { Call } from './side.js';

export const call = (command: string, args: JsonObject = {}): Call => ({ command, arguments: args });

/** Asks until members of the return have these values. */
export const wait = (command: string, until: JsonObject): Call => ({ command, arguments: {}, until });

export const NEGOTIATE = '{"execute":"qmp_capabilities"}';
export const OOB = '{"execute":"qmp_capabilities","arguments":{"enable":["oob"]}}';

/** Everything that a command could have changed. */
export const STATE: readonly Call[] = [
  ...['query-status', 'query-yank', 'query-chardev', 'query-named-block-nodes', 'query-migrate'],
  ...['query-migrate-capabilities', 'query-migrate-parameters', 'query-colo-status'],
].map((command) => call(command));

export const chardev = (id: string, type: string, data: JsonObject = {}): Call =>
  call('chardev-add', { id, backend: { type, data } });

/** A chardev at a socket of the folder. */
export const socket = (id: string, name: string, options: JsonObject = { server: false }): Call =>
  chardev(id, 'socket', { addr: { type: 'unix', data: { path: `{dir}/${name}` } }, ...options });

export const node = (name: string, driver: string, options: JsonObject = {}): Call =>
  call('blockdev-add', { driver, 'node-name': name, ...options });

/** An NBD node that connects to a socket of the folder. */
export const nbd = (name: string, server = 'nbd'): Call =>
  node(name, 'nbd', { server: { type: 'unix', path: `{dir}/${server}` }, export: 'e' });

export const yank = (...instances: JsonObject[]): Call => call('yank', { instances });

/** Enables capabilities of migrations. */
export const enable = (...names: string[]): Call =>
  call('migrate-set-capabilities', {
    capabilities: names.map((capability) => ({ capability, state: true })),
  });

/** Gives a parameter of migrations each of these values in turn. */
export const set = (name: string, ...values: Json[]): Call[] =>
  values.map((value) => call('migrate-set-parameters', { [name]: value }));

export const migrate = (uri: string, options: JsonObject = {}): Call => call('migrate', { uri, ...options });
