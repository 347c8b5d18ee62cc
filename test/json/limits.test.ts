import t from 'tap';
import {
  JsonReader,
  qemuDialect,
  strictDialect,
  type Dialect,
  type ReaderItem,
} from '../../src/json/index.js';
import { bytes, codes, read } from './support.js';

const dialects: readonly Dialect[] = [strictDialect, qemuDialect];
const open = (depth: number): string => '['.repeat(depth);
const close = (depth: number): string => ']'.repeat(depth);

void t.test('as many brackets as the limit says, and not one more', (t) => {
  for (const dialect of dialects) {
    const allowed = dialect.limits.nesting;
    t.equal(allowed, 1024);
    t.strictSame(codes(read(open(allowed) + close(allowed), { dialect })), ['value']);
    t.strictSame(codes(read(`{"a":${open(allowed - 1)}${close(allowed - 1)}}`, { dialect })), ['value']);
    t.match(read(open(allowed + 1), { dialect })[0], {
      kind: 'error',
      error: { code: 'nesting-limit', offset: allowed },
      start: 0,
      end: allowed + 1,
    });
  }
  t.end();
});

void t.test('a value may be as deep as the limit says, whatever that is', (t) => {
  const depth = 200_000;
  for (const dialect of dialects) {
    const limits = { nesting: depth };
    const items = read(open(depth) + close(depth), { dialect, limits });
    t.strictSame(codes(items), ['value']);
  }
  t.end();
});

void t.test('QEMU dialect: after too many brackets the rest is new input', (t) => {
  // One error for the limit, one for each bracket that closes nothing.
  t.equal(read(open(1025) + close(1025), { dialect: qemuDialect }).length, 1026);
  t.strictSame(
    codes(read(`${open(1030)}\x01{}`, { dialect: qemuDialect })),
    ['nesting-limit', 'reset', 'value'].map((code) => (code === 'reset' ? 'bad-byte' : code)),
  );
  t.end();
});

void t.test('strict: after a limit the next line is read', (t) => {
  t.strictSame(codes(read(`${open(2000)}${close(2000)}\r\n{}`)), ['nesting-limit', 'value']);
  const limits = { messageBytes: 10 };
  t.strictSame(codes(read('["123456"]\n["1234567"]\n{}', { limits })), [
    'value',
    'message-bytes-limit',
    'value',
  ]);
  t.end();
});

void t.test('tokens of one value are counted', (t) => {
  for (const dialect of dialects) {
    const limits = { tokens: 5 };
    t.strictSame(codes(read('[1,2][1,2]', { dialect, limits })), ['value', 'value']);
    t.match(read('[1,2,3]\n', { dialect, limits })[0], { error: { code: 'token-count-limit', offset: 5 } });
  }
  t.end();
});

void t.test('the text of all tokens of one value is counted, without white space', (t) => {
  for (const dialect of dialects) {
    const limits = { tokenBytes: 9 };
    t.strictSame(codes(read('["ab",\r\n  1]'.repeat(3), { dialect, limits })), ['value', 'value', 'value']);
    t.match(read('["abc",1]\n', { dialect, limits })[0], { error: { code: 'token-bytes-limit', offset: 8 } });
  }
  t.end();
});

void t.test('one token over the limit is an error at once, and the rest of it is not kept', (t) => {
  for (const dialect of dialects) {
    const reader = new JsonReader({ dialect, limits: { tokenBytes: 1000 } });
    t.strictSame(reader.push(bytes(`["${'a'.repeat(999)}`)), []);
    t.equal(reader.pending, 1001);
    t.match(reader.push(bytes('b')), [
      { kind: 'error', error: { code: 'token-bytes-limit', offset: 1001 }, start: 0, end: 1002 },
    ]);
    t.equal(reader.pending, 0);
    // In QEMU's reading this is a keyword now; strictly it is skipped.
    reader.push(bytes('b'.repeat(500)));
    t.equal(reader.pending, dialect.recovery === 'line' ? 0 : 500);
  }
  t.end();
});

void t.test('a value over its limit of bytes is an error at the byte that is too many', (t) => {
  const limits = { messageBytes: 8 };
  const table: [input: string, codes: string[]][] = [
    ['[12345] ', ['value']],
    ['[123456]', ['value']],
    ['12345678 ', ['value']],
    ['123456789 ', ['message-bytes-limit']],
    ['[1234567]', ['message-bytes-limit']],
    ['[       ]', ['message-bytes-limit']],
    ['          [12345]', ['value']],
  ];
  for (const [input, expected] of table) {
    t.strictSame(codes(read(input, { limits })), expected, input);
    t.strictSame(codes(read(input, { limits, dialect: qemuDialect })).slice(0, 1), expected, input);
  }
  t.match(read('[       ]', { limits })[0], { error: { offset: 8 } });
  t.end();
});

void t.test('what is skipped is not held, and is passed over whatever its length', (t) => {
  const reader = new JsonReader({ limits: { messageBytes: 1000 }, keepRaw: true });
  const items: ReaderItem[] = [];
  let most = 0;
  items.push(...reader.push(bytes('{"a":"')));
  const piece = bytes('[x{ '.repeat(1000));
  for (let count = 0; count < 1000; count += 1) {
    items.push(...reader.push(piece));
    most = Math.max(most, reader.pending);
  }
  t.equal(most, 0, 'nothing is held between chunks');
  items.push(...reader.push(bytes('\n{}')));
  t.match(items, [
    { error: { code: 'message-bytes-limit', offset: 1000 } },
    { kind: 'value', start: 4_000_007 },
  ]);
  t.equal(items.length, 2);
  t.end();
});

void t.test('limits that are not given are those of the dialect', (t) => {
  const limits = { tokens: 1000 };
  t.match(read(open(1025), { limits: { ...limits, tokens: 5000 } })[0], { error: { code: 'nesting-limit' } });
  t.end();
});

void t.test('what a value takes in memory is reckoned, and limited', (t) => {
  const pieces = [
    '0,',
    '[0],',
    '{"a":0},',
    '"text",',
    '"\\u0100",',
    '1e1,',
    '{"1022":0},',
    '12345678901234567890,',
  ];
  for (const dialect of dialects) {
    for (const piece of pieces) {
      const input = `[${piece.repeat(1000)}0]`;
      const [item] = read(input, { dialect });
      if (item?.kind !== 'value') throw new Error(piece);
      t.ok(item.footprint > 1000 * (piece.length - 1 + 16), piece);
      const enough = { memory: item.footprint };
      t.strictSame(codes(read(input, { dialect, limits: enough })), ['value'], piece);
      const less = { memory: item.footprint - 1 };
      t.strictSame(codes(read(input, { dialect, limits: less })).slice(0, 1), ['memory-limit'], piece);
    }
    const long = '9'.repeat(2000);
    t.strictSame(
      codes(read(`${long}\n`, { dialect, limits: { memory: 4000 } })),
      ['memory-limit'],
      'a number',
    );
    t.strictSame(codes(read(`"\\u0100${'a'.repeat(2000)}"\n`, { dialect, limits: { memory: 7500 } })), [
      'memory-limit',
    ]);
  }
  t.end();
});
