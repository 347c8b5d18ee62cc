import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import {
  encodeJson,
  JsonReader,
  MAX_ERROR_RAW,
  MAX_SEPARATOR,
  qemuDialect,
  strictDialect,
  writeJson,
  type Dialect,
  type ReaderItem,
} from '../../src/json/index.js';
import {
  anyJson,
  bytes,
  commonJson,
  read,
  readBytewise,
  readCut,
  SEED,
  soup,
  space,
  values,
} from './support.js';

const dialects: readonly Dialect[] = [strictDialect, qemuDialect];

for (const dialect of dialects) {
  void t.test(`${dialect.name}: what is written is read, wherever the bytes are cut`, (t) => {
    const stream = fc.array(fc.tuple(commonJson, space), { maxLength: 4 });
    fc.assert(
      fc.property(stream, fc.array(fc.nat(400), { maxLength: 8 }), (list, cuts) => {
        // Only a bracket or a quote ends a value by itself.
        const text = list.map(([value, separator]) => {
          const written = writeJson(value);
          return /[\]}"]$/.test(written) ? written + separator : `${written} ${separator}`;
        });
        const input = bytes(text.join(''));
        const expected = list.map(([value]) => value);
        assert.deepStrictEqual(values(readCut(input, cuts, { dialect })), expected);
        assert.deepStrictEqual(values(readBytewise(input, { dialect })), expected);
      }),
      { seed: SEED, numRuns: 400 },
    );
    t.end();
  });

  void t.test(`${dialect.name}: any bytes give items, the same ones for any cut`, (t) => {
    const input = fc.oneof(
      soup,
      fc.uint8Array({ maxLength: 100 }).map((array) => Buffer.from(array)),
    );
    for (const limits of [{}, { nesting: 3, tokens: 12, tokenBytes: 40, messageBytes: 50 }]) {
      fc.assert(
        fc.property(input, fc.array(fc.nat(100), { maxLength: 5 }), (data, cuts) => {
          const options = { dialect, limits, keepRaw: true };
          const whole = read(data, options);
          checkItems(data, whole);
          assert.deepStrictEqual(readBytewise(data, options), whole);
          assert.deepStrictEqual(readCut(data, cuts, options), whole);
        }),
        { seed: SEED, numRuns: 3000 },
      );
    }
    t.end();
  });

  void t.test(`${dialect.name}: a million random bytes never throw`, (t) => {
    const data = noise(1_000_000);
    const items: ReaderItem[] = [];
    const reader = new JsonReader({ dialect, keepRaw: true });
    for (let at = 0; at < data.length; at += 4096) items.push(...reader.push(data.subarray(at, at + 4096)));
    items.push(...reader.end());
    checkItems(data, items);
    t.ok(items.some((item) => item.kind === 'error'));
    t.end();
  });
}

void t.test('strict: every value survives, also halves of surrogate pairs and integers of any size', (t) => {
  fc.assert(
    fc.property(anyJson, (value) => {
      assert.deepStrictEqual(values(read(encodeJson(value))), [value]);
    }),
    { seed: SEED, numRuns: 500 },
  );
  t.end();
});

void t.test('items tell where they stand', (t) => {
  const input = bytes(' {"a":1}\r\n[2]\r\n@#\r\n"x"\r\n');
  const items = read(input, { keepRaw: true });
  t.strictSame(
    items.map((item) => [item.kind, item.start, item.end, String(item.raw)]),
    [
      ['value', 1, 8, '{"a":1}'],
      ['value', 10, 13, '[2]'],
      ['error', 15, 16, '@'],
      ['value', 19, 22, '"x"'],
    ],
  );
  t.strictSame(
    items.map((item) => (item.kind === 'value' ? String(item.separator) : undefined)),
    [' ', '\r\n', undefined, '#\r\n'],
  );
  t.match(items[2], { error: { code: 'bad-byte', offset: 15, line: 3, column: 1 } });
  t.end();
});

void t.test('without keepRaw no bytes are kept', (t) => {
  t.strictSame(
    read('{} @').map((item) => item.raw.length),
    [0, 0],
  );
  t.end();
});

void t.test('separators and the bytes of errors are cut', (t) => {
  const [value] = read(`${' '.repeat(1000)}1`);
  t.equal(value?.kind === 'value' && value.separator.length, MAX_SEPARATOR);
  const [error] = read(`[${' '.repeat(10_000)}]]@`, { dialect: qemuDialect, keepRaw: true }).slice(1);
  t.match(error, { kind: 'error' });
  const [long] = read(`[${' '.repeat(10_000)}@`, { keepRaw: true });
  t.equal(long?.raw.length, MAX_ERROR_RAW);
  t.equal(long?.end, 10_002);
  t.end();
});

void t.test('the separator behind the last item can be asked for', (t) => {
  const reader = new JsonReader();
  reader.push(bytes('{}\r'));
  t.strictSame(String(reader.separator), '\r');
  reader.push(bytes('\n{"a"'));
  t.strictSame(String(reader.separator), '\r\n');
  t.equal(reader.pending, 4);
  reader.push(bytes(':1}'));
  t.strictSame(String(reader.separator), '');
  t.equal(reader.pending, 0);
  t.end();
});

void t.test('pending counts the bytes of an unfinished value', (t) => {
  const reader = new JsonReader();
  const pending = ['\r\n', ' {"a', 'b": [', '"c"', ']} ', '42', ' '].map((piece) => {
    reader.push(bytes(piece));
    return reader.pending;
  });
  t.strictSame(pending, [0, 3, 8, 11, 0, 2, 0]);
  t.end();
});

void t.test('a number or a keyword at top level ends with the next byte, or with the stream', (t) => {
  for (const dialect of dialects) {
    for (const text of ['42', '-1.5e3', 'true', 'null']) {
      const reader = new JsonReader({ dialect });
      t.strictSame(reader.push(bytes(text)), [], text);
      t.match(reader.push(bytes('{')), [{ kind: 'value', start: 0, end: text.length }], text);
      t.match(read(text, { dialect }), [{ kind: 'value', start: 0, end: text.length }], text);
    }
  }
  t.end();
});

void t.test('the end of the stream inside a value is one error', (t) => {
  for (const dialect of dialects) {
    for (const text of ['{', '[1', '["a', '"a', '"\\', '-', '1.', '1e', '{"a":true', '"\\u12']) {
      const items = read(text, { dialect });
      t.equal(items.length, 1, text);
      t.match(items, [{ kind: 'error', error: { code: 'unfinished', offset: text.length }, start: 0 }], text);
    }
    t.match(read('nul', { dialect }), [{ kind: 'error', error: { code: 'bad-keyword' } }]);
    t.strictSame(read('', { dialect }), []);
    t.strictSame(read('\r\n', { dialect }), []);
  }
  t.end();
});

void t.test('after its end a reader takes another stream', (t) => {
  for (const dialect of dialects) {
    const reader = new JsonReader({ dialect });
    reader.push(bytes('{"a":\n"half'));
    reader.end();
    t.match(reader.push(bytes('{}')), [{ kind: 'value', start: 11, end: 13 }]);
    reader.push(bytes('@ x'));
    reader.end();
    t.match(reader.push(bytes('\n{}')), [{ kind: 'value', start: 17, end: 19 }]);
  }
  t.end();
});

void t.test('lines and columns count over the whole stream', (t) => {
  const input = bytes('{"a":1}\r\n{\n "b": 2\n}\n  [1, x]\n');
  for (const items of [read(input), readBytewise(input)]) {
    t.match(items[2], { error: { code: 'bad-keyword', offset: 27, line: 5, column: 7 } });
  }
  // A line end that is itself the error still counts.
  t.match(read('"a\n@', { dialect: qemuDialect }), [
    { error: { code: 'control-character', line: 1, column: 3 } },
  ]);
  t.match(read('"a\n{@', { dialect: qemuDialect })[1], { error: { code: 'bad-byte', line: 2, column: 2 } });
  t.match(read('"a\n@')[1], { error: { code: 'bad-byte', line: 2, column: 1 } });
  t.end();
});

void t.test('names that mean something to JavaScript are names like others', (t) => {
  for (const dialect of dialects) {
    const text = '{"__proto__":{"a":1},"constructor":2,"toString":3,"hasOwnProperty":4,"0":5}';
    const [value] = values(read(text, { dialect }));
    t.equal(
      writeJson(value ?? null),
      '{"0":5,"__proto__":{"a":1},"constructor":2,"toString":3,"hasOwnProperty":4}',
    );
    t.strictSame(({} as { a?: unknown }).a, undefined);
  }
  t.end();
});

void t.test('names that look alike to a cache are told apart', (t) => {
  const reader = new JsonReader();
  // The first two differ between their ends and middle only; "ab" starts "ab<xw", and their slot is the same.
  for (const name of ['a1c2e', 'a3c4e', 'ab', 'ab<xw', 'ab', 'a1c2e', 'a'.repeat(100), 'a'.repeat(99)]) {
    t.strictSame(
      values(reader.push(encodeJson({ [name]: 1 }))).map((value) => Object.keys(value ?? {})),
      [[name]],
    );
  }
  const names = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 8 });
  fc.assert(
    fc.property(names, (name) => {
      assert.deepStrictEqual(
        values(reader.push(encodeJson({ [name]: 1 }))).map((value) => Object.keys(value ?? {})),
        [[name]],
      );
    }),
    { seed: SEED, numRuns: 2000 },
  );
  t.end();
});

void t.test('a chunk may be a plain Uint8Array, and may be reused', (t) => {
  const chunk = new Uint8Array(Buffer.from('..{"id":"0123456789abcdef"} [1'));
  const reader = new JsonReader({ keepRaw: true });
  const items = reader.push(chunk.subarray(2));
  chunk.fill(0x78);
  items.push(...reader.push(Buffer.from(']')));
  t.strictSame(
    items.map((item) => String(item.raw)),
    ['{"id":"0123456789abcdef"}', '[1]'],
  );
  t.equal(
    items.every((item) => item.kind === 'value'),
    true,
  );
  t.end();
});

/** What holds for the items of every stream: order, bounds, and bytes that are those of the stream. */
function checkItems(data: Uint8Array, items: readonly ReaderItem[]): void {
  let last = 0;
  for (const { start, end, raw } of items) {
    assert.ok(start >= last && end >= start && end <= data.length);
    assert.deepStrictEqual(Buffer.from(raw), Buffer.from(data.subarray(start, start + raw.length)));
    last = end;
  }
  for (const item of items) {
    if (item.kind === 'value') {
      assert.equal(item.raw.length, item.end - item.start);
      // A longer separator is cut at its end; where it starts is known to the reader only.
      if (item.separator.length < MAX_SEPARATOR) {
        const before = data.subarray(item.start - item.separator.length, item.start);
        assert.deepStrictEqual(Buffer.from(item.separator), Buffer.from(before));
      }
    } else {
      assert.ok(item.error.offset >= item.start && item.error.offset <= item.end);
      assert.ok(item.error.line >= 1 && item.error.column >= 1);
    }
  }
}

/** Random bytes that are the same in every run. */
function noise(length: number): Buffer {
  const data = Buffer.alloc(length);
  let state = SEED;
  for (let index = 0; index < length; index += 1) {
    // xorshift32: short, and its period is long enough here.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    data[index] = state & 0xff;
  }
  return data;
}
