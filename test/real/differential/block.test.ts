/**
 * Block nodes.
 */
import t from 'tap';
import type { JsonObject } from '../../../src/json/index.js';
import { same } from './pair.js';
import { call, nbd, NEGOTIATE, node, STATE } from './requests.js';
import type { Call } from './side.js';

const del = (name: string): Call => call('blockdev-del', { 'node-name': name });
const reopen = (...options: JsonObject[]): Call => call('blockdev-reopen', { options });
const raw = (name: string, file: string | JsonObject): Call => node(name, 'raw', { file });

const names = ['', '1', '#block0', 'a b', 'x'.repeat(31), 'x'.repeat(32)];
const a = { driver: 'null-co', 'node-name': 'a' };

same(t, 'block nodes', [
  [
    'a plain one',
    NEGOTIATE,
    node('a', 'null-co'),
    node('a', 'null-aio'),
    STATE,
    del('a'),
    del('a'),
    del(''),
    STATE,
  ],
  [
    'names',
    NEGOTIATE,
    call('blockdev-add', { driver: 'null-co' }),
    names.map((name) => node(name, 'null-co')),
    STATE,
  ],
  [
    'options',
    NEGOTIATE,
    node('ro', 'null-co', { 'read-only': true, 'auto-read-only': true }),
    ['off', 'on', 'unmap'].map((mode) => node(mode, 'null-co', { 'detect-zeroes': mode })),
    node('d', 'null-co', { 'detect-zeroes': 'unmap', discard: 'unmap' }),
    node('x', 'null-aio', { 'latency-ns': 2n ** 64n - 1n }),
    STATE,
  ],
  [
    'one over the other',
    NEGOTIATE,
    [node('a', 'null-co'), raw('r', 'a'), raw('r', 'a'), raw('x', 'missing'), del('a'), STATE],
    [raw('s', 'r'), del('r'), del('s'), del('r'), del('a'), STATE],
  ],
  [
    'in place',
    NEGOTIATE,
    [
      raw('r', { driver: 'null-co', 'node-name': 'in' }),
      raw('s', { driver: 'null-co' }),
      raw('t', 'in'),
      STATE,
    ],
    [raw('x', { driver: 'null-co', 'node-name': 'in' }), raw('in', { driver: 'null-co' })],
    [del('in'), del('r'), STATE, del('t'), del('s'), STATE],
  ],
  [
    'quorum',
    NEGOTIATE,
    [node('a', 'null-co'), node('b', 'null-co')],
    [0, 1, 2, 3].map((n) => node(`q${n}`, 'quorum', { 'vote-threshold': n, children: ['a', 'b'] })),
    [[], ['a', 'x']].map((children) => node('x', 'quorum', { 'vote-threshold': 1, children })),
    [STATE, del('a'), del('q1'), del('q2'), del('a'), STATE],
  ],
  [
    'reopen',
    NEGOTIATE,
    [node('a', 'null-co'), reopen({ ...a, 'read-only': true, 'detect-zeroes': 'on' }), STATE],
    [reopen({ driver: 'null-co' }), reopen({ ...a, 'node-name': 'x' }), reopen({ ...a, driver: 'null-aio' })],
    [reopen(a, { ...a, 'node-name': 'x' }), STATE],
  ],
  [
    'NBD',
    NEGOTIATE,
    [nbd('n'), nbd('n'), nbd('x', 'nobody'), STATE],
    [raw('r', 'n'), del('n'), del('r'), STATE, del('n'), STATE],
  ],
]);
