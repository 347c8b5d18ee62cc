import t from 'tap';
import { Double, JsonReader, qemuDialect, escapeBytes, type Json } from '../../src/json/index.js';
import { answers, sameAnswers, table } from './monitor.js';
import { codes, read, values } from './support.js';

const options = { dialect: qemuDialect };

void t.test('input gives what a QEMU monitor makes of it', (t) => {
  for (const { input, answers: expected } of table) {
    const found = answers(new JsonReader(options).push(input));
    t.ok(sameAnswers(found, expected), escapeBytes(input, 80), { found, expected });
  }
  t.end();
});

void t.test('integers beyond 64 bits are doubles that know their text', (t) => {
  const table: [string, Json][] = [
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', new Double(2 ** 64, '18446744073709551616')],
    ['-9223372036854775808', -9223372036854775808n],
    ['-9223372036854775809', new Double(-(2 ** 63), '-9223372036854775809')],
    ['1e309', new Double(Infinity, '1e309')],
  ];
  for (const [text, value] of table) t.strictSame(values(read(text, options)), [value]);
  t.end();
});

void t.test('errors say what was wrong and where', (t) => {
  const table: [input: string, code: string, offset: number][] = [
    ['{"a":1,"b":2,"\\u0061":3}', 'duplicate-name', 13],
    ['["a", "\xe9"]', 'invalid-utf8', 7],
    ['["\\ud83d"]', 'lone-surrogate', 2],
    ['["\\ufffe"]', 'noncharacter', 2],
    ['["\\x\\ud83d"]', 'bad-escape', 2],
    ['[tru]', 'bad-keyword', 1],
    ['[1 2]', 'syntax', 3],
    ['[00', 'bad-number', 2],
    ['"\x1f', 'control-character', 1],
    ['"\xff', 'reset', 1],
    ['%', 'bad-byte', 0],
  ];
  for (const [input, code, offset] of table) {
    t.match(
      read(input, options),
      [{ kind: 'error', error: { code, offset, line: 1, column: offset + 1 } }],
      input,
    );
  }
  t.end();
});

void t.test('a wrong value is one error, from its first byte to the bracket that balances it', (t) => {
  t.match(read(' {"a" {"b":[1,,2]}, nope} {}', options), [
    { kind: 'error', error: { code: 'syntax', offset: 6 }, start: 1, end: 25 },
    { kind: 'value', start: 26, end: 28 },
  ]);
  t.strictSame(codes(read('{"a":1 "b":[}]@', options)), ['syntax', 'bad-byte']);
  t.end();
});

void t.test('the limits are those of QEMU, and so is what follows', (t) => {
  const { tokens, tokenBytes } = qemuDialect.limits;
  t.equal(tokens, 2_097_152);
  t.equal(tokenBytes, 67_108_864);
  // A string of 63 bytes is the longest that fits when 64 are allowed, as a terminator counts too.
  const small = { ...options, limits: { tokenBytes: 64 } };
  t.strictSame(codes(read(`"${'a'.repeat(61)}"`, small)), ['value']);
  t.strictSame(codes(read(`"${'a'.repeat(62)}"`, small)), ['token-bytes-limit']);
  // Behind the limit the rest of the string is new input: a keyword, and another string that never ends.
  t.strictSame(codes(read(`"${'a'.repeat(64)}b"{`, small)), [
    'token-bytes-limit',
    'bad-keyword',
    'unfinished',
  ]);
  t.strictSame(codes(read('[1,2,3,4]', { ...options, limits: { tokens: 6 } })), [
    'token-count-limit',
    'value',
    'syntax',
  ]);
  t.end();
});
