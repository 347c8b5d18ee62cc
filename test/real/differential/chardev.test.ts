/**
 * Character devices.
 */
import t from 'tap';
import { same } from './pair.js';
import { call, chardev, NEGOTIATE, socket, STATE } from './requests.js';
import type { Call } from './side.js';

const remove = (id: string): Call => call('chardev-remove', { id });
const read = (device: string, size: number, format = 'utf8'): Call =>
  call('ringbuf-read', { device, size, format });
const write = (device: string, data: string, format = 'utf8'): Call =>
  call('ringbuf-write', { device, data, format });

const options = [
  ...[{ wait: true }, { wait: false }, { websocket: true }, { 'tls-creds': 'x' }, { 'tls-authz': 'x' }],
  ...[{ telnet: true }, { nodelay: true }, { reconnect: 0 }, { reconnect: 1 }],
];

same(t, 'chardevs', [
  [
    'a plain one',
    NEGOTIATE,
    chardev('n', 'null'),
    chardev('n', 'null'),
    STATE,
    remove('n'),
    remove('n'),
    STATE,
  ],
  [
    'ids',
    NEGOTIATE,
    ['', '1', 'a b', '#a', 'a/b'].map((id) => chardev(id, 'null')),
    STATE,
    remove(''),
    STATE,
  ],
  [
    'sizes of ring buffers',
    NEGOTIATE,
    [0, 1, 15, 16, -1].map((size) => chardev(`r${size}`, 'ringbuf', { size })),
  ],
  [
    'ring buffers',
    NEGOTIATE,
    [chardev('r', 'ringbuf', { size: 4 }), chardev('n', 'null')],
    ['r', 'n', 'x'].flatMap((id) => [write(id, 'abcdef'), ...[3, 0, -1, 9, 9].map((size) => read(id, size))]),
    [write('r', 'AQID', 'base64'), write('r', '*', 'base64'), read('r', 9, 'base64')],
  ],
  [
    'sockets',
    NEGOTIATE,
    [socket('s', 'peer'), socket('s', 'peer'), socket('x', 'nobody'), socket('x', 'no/folder', {}), STATE],
    [socket('l', 'l', { wait: false }), socket('m', 'm', {}), STATE],
    [remove('l'), socket('l', 'l', {}), remove('s'), STATE],
  ],
  [
    'options of sockets',
    NEGOTIATE,
    options.map((one, index) => socket(`c${index}`, 'peer', { server: false, ...one })),
    [{ reconnect: 1 }, { 'tls-creds': 'x' }].map((one) => socket('x', 'l', one)),
    socket('r', 'nobody', { server: false, reconnect: 1 }),
    STATE,
  ],
  [
    'change',
    NEGOTIATE,
    chardev('n', 'null'),
    ['n', 'x'].map((id) => call('chardev-change', { id, backend: { type: 'ringbuf', data: {} } })),
    [read('n', 1), STATE],
  ],
]);
