/**
 * Addresses: read, printed, refused.
 */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { MAX_UNIX_PATH, parseEndpoint, showEndpoint, type Endpoint } from '../../src/qmp/index.js';
import { SEED } from '../json/support.js';

const unixPath = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
  .filter((path) => !path.includes('\0') && Buffer.byteLength(path) <= MAX_UNIX_PATH);

const host = fc.oneof(fc.domain(), fc.ipV4(), fc.ipV6(), fc.constantFrom('localhost', '::', 'fe80::1%eth0'));

const endpoint: fc.Arbitrary<Endpoint> = fc.oneof(
  unixPath.map((path): Endpoint => ({ kind: 'unix', path })),
  fc
    .tuple(host, fc.integer({ min: 1, max: 65535 }))
    .map(([name, port]): Endpoint => ({ kind: 'tcp', host: name, port })),
);

void t.test('what is printed is read as the same address', (t) => {
  fc.assert(
    fc.property(endpoint, (value) => {
      assert.deepEqual(parseEndpoint(showEndpoint(value)), value);
    }),
    { seed: SEED, numRuns: 300 },
  );
  t.end();
});

void t.test('addresses', (t) => {
  const longest = 'p'.repeat(MAX_UNIX_PATH);
  const table: [text: string, endpoint: Endpoint][] = [
    ['unix:/run/qmp', { kind: 'unix', path: '/run/qmp' }],
    ['unix:tcp:a:1', { kind: 'unix', path: 'tcp:a:1' }],
    [`unix:${longest}`, { kind: 'unix', path: longest }],
    ['tcp:localhost:4444', { kind: 'tcp', host: 'localhost', port: 4444 }],
    ['tcp:localhost:0044', { kind: 'tcp', host: 'localhost', port: 44 }],
    ['tcp:[::1]:65535', { kind: 'tcp', host: '::1', port: 65535 }],
  ];
  for (const [text, value] of table) t.strictSame(parseEndpoint(text), value, text);
  t.end();
});

void t.test('what is no address is refused, and the message says what is wrong', (t) => {
  const table: [text: string, message: RegExp][] = [
    ['', /^'' is no address; write unix:PATH or tcp:HOST:PORT$/],
    ['/run/qmp', /'\/run\/qmp' is no address/],
    ['UNIX:/run/qmp', /is no address/],
    ['http://localhost:80', /is no address/],
    ['unix:', /names no path; write unix:PATH$/],
    ['unix:a\0b', /cannot contain a NUL/],
    [`unix:${'p'.repeat(MAX_UNIX_PATH + 1)}`, /at most 107 bytes, this one has 108: p+$/],
    [`unix:${'é'.repeat(54)}`, /at most 107 bytes, this one has 108/],
    ['tcp:', /is no TCP address; write tcp:HOST:PORT/],
    ['tcp:localhost', /is no TCP address/],
    ['tcp::4444', /is no TCP address/],
    ['tcp:localhost:', /is no TCP address/],
    ['tcp:localhost:http', /is no TCP address/],
    ['tcp:localhost:-1', /is no TCP address/],
    ['tcp:localhost:80:80', /is no TCP address/],
    ['tcp:localhost:80\n', /is no TCP address/],
    ['tcp:::1:4444', /an IPv6 host in brackets$/],
    ['tcp:[%eth0]:4444', /is no TCP address/],
    ['tcp:[::1%]:4444', /is no TCP address/],
    ['tcp:[]:4444', /is no TCP address/],
    ['tcp:[localhost]:4444', /is no TCP address/],
    ['tcp:localhost:0', /the port 0 is out of range; ports are 1 to 65535/],
    ['tcp:localhost:65536', /the port 65536 is out of range/],
    ['tcp:localhost:99999999999999999999', /out of range/],
  ];
  for (const [text, message] of table) {
    const parsed = parseEndpoint(text);
    t.match('error' in parsed ? parsed.error : 'it was read', message, JSON.stringify(text));
  }
  t.end();
});
