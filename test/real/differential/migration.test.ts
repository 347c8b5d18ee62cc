/**
 * Migration: capabilities, parameters, and the source's side of one over a socket.
 */
import t from 'tap';
import { same } from './pair.js';
import { call, enable, migrate, NEGOTIATE, OOB, set, STATE, wait, yank } from './requests.js';

const WIDE = [-1, 0, 1, 255, 256, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n, 2n ** 64n];

same(t, 'parameters', [
  [
    'ranges',
    NEGOTIATE,
    set('announce-initial', -1, 0, 100_000, 100_001),
    set('announce-max', 0, 100_000, 100_001),
    set('announce-rounds', 0, 1000, 1001),
    set('announce-step', 0, 1, 10_000, 10_001),
    set('throttle-trigger-threshold', 0, 1, 100, 101, 256),
    set('cpu-throttle-increment', 0, 1, 99, 100),
    set('cpu-throttle-initial', 0, 1, 99, 100),
    set('downtime-limit', -1, 0, 2_000_000, 2_000_001),
    set('xbzrle-cache-size', 0, 4095, 4096, 4097, 65536, 2n ** 63n, 2n ** 64n - 1n),
    ['multifd-channels', 'x-checkpoint-delay', 'max-bandwidth', 'max-postcopy-bandwidth'].flatMap((name) =>
      set(name, ...WIDE),
    ),
    ['tls-creds', 'tls-hostname', 'tls-authz'].flatMap((name) => set(name, 'x', '', 1, {}, null)),
    STATE,
  ],
  [
    'several',
    NEGOTIATE,
    [set('max-cpu-throttle', 1, 100, 98), set('cpu-throttle-initial', 98, 99), set('max-cpu-throttle', 97)],
    call('migrate-set-parameters', { 'announce-max': 5, 'announce-step': 0 }),
    call('migrate-set-parameters', { 'downtime-limit': 7, 'cpu-throttle-tailslow': true }),
    call('migrate-set-parameters'),
    STATE,
  ],
]);

same(t, 'capabilities', [
  [
    'known and unknown',
    NEGOTIATE,
    [enable('xbzrle', 'events', 'xbzrle'), enable('nope'), enable('XBZRLE'), enable('auto-converge', 'nope')],
    [enable(), STATE],
  ],
  [
    'together',
    NEGOTIATE,
    [
      enable('return-path', 'pause-before-switchover'),
      enable('background-snapshot'),
      enable('zero-copy-send'),
    ],
    [
      enable('postcopy-preempt'),
      enable('postcopy-ram'),
      enable('postcopy-preempt'),
      enable('x-ignore-shared'),
    ],
    STATE,
  ],
]);

const uris = [
  '',
  'x',
  'unix',
  'UNIX:x',
  ' unix:x',
  'unix:',
  'tcp',
  'tcp:',
  'tcp:127.0.0.1',
  'tcp:127.0.0.1:',
  'fd:x',
];
const nowhere = [
  ...[
    'unix:{dir}/nobody',
    `unix:${'x'.repeat(200)}`,
    'tcp:127.0.0.1:1',
    'tcp:127.0.0.1:99999',
    'tcp:127.0.0.1:x',
  ],
  ...['tcp:[::1]:1', 'tcp:127.0.0.1:1,ipv4=on'],
];
const migrated = (status: string): ReturnType<typeof wait> => wait('query-migrate', { status });
const running = wait('query-status', { status: 'running' });
const M = { type: 'migration' };
/** A migration that the destination keeps waiting. */
const hanging = [
  ...[OOB, enable('return-path', 'events'), migrate('unix:{dir}/peer')],
  wait('query-status', { status: 'finish-migrate' }),
];

same(t, 'migration', [
  [
    'no such destination',
    NEGOTIATE,
    uris.map((uri) => migrate(uri)),
    [
      call('migrate'),
      migrate('unix:{dir}/peer', { resume: true }),
      migrate('unix:{dir}/peer', { detach: 1 }),
    ],
    [call('query-status'), call('query-yank')],
  ],
  [
    'nobody at the destination',
    NEGOTIATE,
    enable('events'),
    nowhere.flatMap((uri) => [migrate(uri), migrated('failed')]),
    [yank(M), call('migrate_cancel')],
    STATE,
  ],
  [
    'completed',
    NEGOTIATE,
    [enable('events'), migrate('unix:{dir}/peer'), migrated('completed'), STATE],
    [migrate('unix:{dir}/peer'), call('migrate_cancel'), call('cont'), call('stop'), STATE],
    [migrate('unix:{dir}/peer'), migrated('completed'), call('system_reset'), STATE],
  ],
  [
    'cancelled',
    hanging,
    [STATE, migrate('unix:{dir}/peer'), enable('xbzrle'), set('downtime-limit', 1)],
    [call('stop'), call('cont'), call('system_reset'), STATE],
    [call('migrate_cancel'), migrated('cancelled'), running, yank(M), call('migrate_cancel'), STATE],
  ],
  [
    'yanked',
    hanging,
    yank(M, { type: 'chardev', id: 'x' }),
    STATE,
    yank(M, M),
    migrated('failed'),
    running,
    STATE,
  ],
  [
    'not now',
    OOB,
    [call('migrate_cancel'), call('migrate-pause'), call('migrate-recover', { uri: 'unix:x' })],
    ['none', 'pre-switchover', 'nope'].map((state) => call('migrate-continue', { state })),
    [
      call('migrate-incoming', { uri: 'unix:x' }),
      call('x-colo-lost-heartbeat'),
      call('migrate-start-postcopy'),
    ],
    [enable('postcopy-ram'), call('migrate-start-postcopy')],
    STATE,
  ],
]);
