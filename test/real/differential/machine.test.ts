/**
 * Run states, yank, and what the machine says of itself.
 */
import t from 'tap';
import type { JsonObject } from '../../../src/json/index.js';
import { same } from './pair.js';
import { call, chardev, nbd, NEGOTIATE, node, OOB, socket, STATE, yank } from './requests.js';

const queries = [
  ...['query-version', 'query-name', 'query-commands', 'query-qmp-schema', 'query-uuid', 'query-kvm'],
  ...['query-iothreads', 'query-memory-size-summary', 'query-chardev-backends', 'query-block'],
  ...['query-block-jobs', 'query-jobs', 'query-balloon', 'x-exit-preconfig'],
].map((command) => call(command));
const stop = call('stop');
const cont = call('cont');
const reset = call('system_reset');

same(t, 'machine', [
  ['queries', NEGOTIATE, queries, STATE],
  ['stop and cont', NEGOTIATE, cont, stop, stop, STATE, cont, STATE],
  ['reset', NEGOTIATE, reset, STATE, stop, reset, STATE, cont],
  ['power down', NEGOTIATE, call('system_powerdown'), STATE],
  ['stop that is refused', NEGOTIATE, '{"execute":"stop","arguments":{"x":1}}', STATE],
]);

const C = (id: string): JsonObject => ({ type: 'chardev', id });
const B = (name: string): JsonObject => ({ type: 'block-node', 'node-name': name });
const M: JsonObject = { type: 'migration' };

same(t, 'yank', [
  [
    'unknown instances',
    OOB,
    yank(),
    [M, C(''), C('x'), B(''), B('x'), B('#block0')].map((key) => yank(key)),
    yank(C('x'), B('x'), M),
    yank(M, M),
    STATE,
  ],
  [
    'known instances',
    OOB,
    [socket('s', 'peer'), socket('l', 'l', {}), chardev('c', 'null'), nbd('n'), node('a', 'null-co'), STATE],
    [yank(C('c')), yank(B('a')), yank(C('n')), yank(B('s'))],
    [yank(C('s'), C('x')), yank(M, C('s')), yank(B('n'), B('x')), STATE],
    [yank(C('l')), yank(C('s'), C('s')), yank(C('s')), STATE, yank(C('s'), B('n')), yank(B('n')), STATE],
    [
      call('chardev-remove', { id: 's' }),
      yank(C('s')),
      call('blockdev-del', { 'node-name': 'n' }),
      yank(B('n')),
    ],
    STATE,
  ],
]);
