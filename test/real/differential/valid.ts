/**
 * Arguments that both servers take for well-formed, of commands that do no harm whatever becomes of the arguments.
 */
import type { JsonObject } from '../../../src/json/index.js';

const chardev = { type: 'unix', data: { path: '{dir}/peer' } };

export const valid: readonly (readonly [command: string, args: JsonObject])[] = [
  ['query-name', {}],
  ['query-named-block-nodes', { flat: true }],
  ['qmp_capabilities', { enable: ['oob'] }],
  ['x-colo-lost-heartbeat', {}],
  ['yank', { instances: [{ type: 'migration' }, { type: 'chardev', id: 'x' }] }],
  ['yank', { instances: [{ type: 'block-node', 'node-name': 'x' }] }],
  ['chardev-add', { id: 'c', backend: { type: 'null', data: {} } }],
  [
    'chardev-add',
    { id: 's', backend: { type: 'socket', data: { addr: chardev, server: false, nodelay: true } } },
  ],
  ['chardev-remove', { id: 'x' }],
  ['ringbuf-read', { device: 'x', size: 1, format: 'utf8' }],
  ['ringbuf-write', { device: 'x', data: 'x' }],
  ['blockdev-add', { driver: 'null-co', 'node-name': 'n', 'read-only': true, cache: { direct: false } }],
  ['blockdev-add', { driver: 'raw', 'node-name': 'r', file: { driver: 'null-co' } }],
  ['blockdev-add', { driver: 'raw', 'node-name': 'r', file: 'n' }],
  [
    'blockdev-add',
    { driver: 'nbd', 'node-name': 'm', server: { type: 'unix', path: '{dir}/nbd' }, export: 'e' },
  ],
  ['blockdev-del', { 'node-name': 'x' }],
  ['x-blockdev-change', { parent: 'x', child: 'y', node: 'z' }],
  ['block_resize', { 'node-name': 'x', size: 1 }],
  ['block-job-set-speed', { device: 'x', speed: 0 }],
  ['block-job-cancel', { device: 'x', force: true }],
  ['job-cancel', { id: 'x' }],
  ['job-dismiss', { id: 'x' }],
  ['eject', { device: 'x', id: 'y', force: true }],
  ['set_link', { name: 'x', up: true }],
  ['balloon', { value: 1 }],
  ['device_del', { id: 'x' }],
  ['qom-list', { path: '/x' }],
  ['qom-get', { path: '/x', property: 'y' }],
  ['qom-set', { path: '/x', property: 'y', value: 1 }],
  ['object-del', { id: 'x' }],
  ['migrate-set-parameters', { 'downtime-limit': 1, 'multifd-channels': 2, 'tls-creds': 'x' }],
  ['migrate-set-parameters', { 'max-bandwidth': 1, 'cpu-throttle-tailslow': true, 'x-checkpoint-delay': 1 }],
  ['migrate-set-capabilities', { capabilities: [{ capability: 'xbzrle', state: true }] }],
  ['migrate-recover', { uri: 'x' }],
  ['migrate-incoming', { uri: 'x' }],
  ['migrate-continue', { state: 'device' }],
];
