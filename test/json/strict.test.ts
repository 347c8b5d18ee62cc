import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { Double, isObject, MAX_VIOLATIONS, type Json } from '../../src/json/index.js';
import { anyText } from '../any-text.js';
import { bytes, codes, read, SEED, values } from './support.js';

/** Is a whole text one value, and nothing else? */
function accepts(text: string): boolean {
  const items = read(Buffer.from(text));
  return items.length === 1 && items[0]?.kind === 'value';
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

/** Compares a value of ours with what JSON.parse made of the same text, which knows doubles only. */
function assertSame(ours: Json, theirs: unknown): void {
  if (typeof ours === 'bigint' || typeof ours === 'number' || ours instanceof Double) {
    const number = ours instanceof Double ? ours.value : Number(ours);
    // The integer -0 is 0 here.
    assert.ok(number === theirs, `${number} for ${String(theirs)}`);
  } else if (Array.isArray(ours)) {
    assert.ok(Array.isArray(theirs) && theirs.length === ours.length);
    for (const [index, element] of ours.entries()) assertSame(element, theirs[index]);
  } else if (isObject(ours)) {
    assert.ok(typeof theirs === 'object' && theirs !== null);
    assert.deepStrictEqual(Object.keys(ours), Object.keys(theirs));
    for (const name of Object.keys(ours)) {
      assertSame(ours[name] as Json, Object.getOwnPropertyDescriptor(theirs, name)?.value);
    }
  } else {
    assert.equal(ours, theirs);
  }
}

const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, true, false),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    anyText(10),
    fc.array(tie('value')),
    fc.dictionary(anyText(10), tie('value')),
  ),
}));
const text = fc
  .tuple(value, fc.constantFrom(0, 1, '\t', '\r\n'))
  .map(([value, indent]) => JSON.stringify(value, undefined, indent));

void t.test('every JSON text is read as JSON.parse reads it', (t) => {
  fc.assert(
    fc.property(text, (text) => {
      const [value = null] = values(read(Buffer.from(text)));
      assertSame(value, JSON.parse(text));
    }),
    { seed: SEED, numRuns: 2000 },
  );
  t.end();
});

void t.test('a text that is nearly JSON is accepted exactly when JSON.parse accepts it', (t) => {
  const edit = fc.record({
    at: fc.nat(),
    remove: fc.nat(2),
    insert: fc.oneof(
      fc.string({
        unit: fc.constantFrom(...Array.from('{}[]:,"\'\\/0123456789eE+-.tfnrualsebu \t\n\r')),
        maxLength: 3,
      }),
      fc.constantFrom(
        '\\u0041',
        '\\ud800',
        '\\x41',
        '\u0000',
        '\u001f',
        '\u007f',
        'é',
        '\u2028',
        '\ufeff',
        '01',
        'NaN',
      ),
    ),
  });
  let accepted = 0;
  fc.assert(
    fc.property(text, fc.array(edit, { minLength: 1, maxLength: 2 }), (original, edits) => {
      let text = original;
      for (const { at, remove, insert } of edits) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + insert + text.slice(from + remove);
      }
      // A cut through a pair leaves half of it, which UTF-8 cannot carry.
      text = Buffer.from(text).toString();
      const theirs = parse(text);
      assert.equal(accepts(text), theirs !== undefined, text);
      if (theirs === undefined) return;
      accepted += 1;
      const [value = null] = values(read(Buffer.from(text)));
      assertSame(value, theirs.value);
    }),
    { seed: SEED, numRuns: 20_000 },
  );
  t.ok(accepted > 1000, 'both outcomes were met');
  t.end();
});

void t.test('what QEMU accepts beyond RFC 8259 is refused, and the other way round', (t) => {
  t.strictSame(codes(read("{'a':1}")), ['bad-byte']);
  t.strictSame(codes(read('"\\\'"')), ['bad-escape']);
  t.strictSame(codes(read('"a\tb"')), ['control-character']);
  t.strictSame(values(read('[0e1,0E-2]')), [[new Double(0, '0e1'), new Double(0, '0E-2')]]);
  t.end();
});

void t.test('numbers are exact', (t) => {
  const table: [string, Json][] = [
    ['0', 0],
    ['-0', 0],
    ['9007199254740991', 9007199254740991],
    ['9007199254740992', 9007199254740992n],
    ['-9007199254740991', -9007199254740991],
    ['-9007199254740993', -9007199254740993n],
    ['999999999999999', 999999999999999],
    ['1000000000000000', 1000000000000000],
    ['18446744073709551615', 18446744073709551615n],
    ['18446744073709551616', 18446744073709551616n],
    ['-9223372036854775809', -9223372036854775809n],
    ['1.0', new Double(1, '1.0')],
    ['-0.0', new Double(-0, '-0.0')],
    ['1E+2', new Double(100, '1E+2')],
    ['1e400', new Double(Infinity, '1e400')],
  ];
  for (const [text, value] of table) {
    const [read1] = values(read(text));
    assert.deepStrictEqual(read1, value, text);
    t.ok(!Object.is(read1, -0), text);
  }
  t.end();
});

void t.test('an integer of absurd length is a double that knows its text', (t) => {
  const text = '9'.repeat(100_000);
  const [value] = values(read(text));
  t.ok(value instanceof Double && value.value === Infinity && value.text === text);
  t.end();
});

void t.test('doubtful things are noted, and the value is delivered', (t) => {
  const table: [input: string, value: Json, violations: [code: string, offset: number][]][] = [
    ['{"a":1,"b":2,"\\u0061":3}', { a: 3, b: 2 }, [['duplicate-name', 13]]],
    ['{"a":{"b":1,"b":[]}}', { a: { b: [] } }, [['duplicate-name', 12]]],
    [
      '["\xc3\xa9\xc3\xa9","\xc3\xa9"]',
      ['éé', 'é'],
      [
        ['non-ascii', 2],
        ['non-ascii', 9],
      ],
    ],
    ['"\\ud83d"', '\ud83d', [['lone-surrogate', 1]]],
    [
      '"\\ude00\\ud83d\\u0041"',
      '\ude00\ud83dA',
      [
        ['lone-surrogate', 1],
        ['lone-surrogate', 7],
      ],
    ],
    ['"\\ud83d\\ud83d\\ude00"', '\ud83d😀', [['lone-surrogate', 1]]],
    ['"\\ufffe\\ud83f\\udfff\\ufdd0"', '\ufffe\u{1ffff}\ufdd0', []],
  ];
  for (const [input, value, violations] of table) {
    const [item] = read(input);
    assert.ok(item?.kind === 'value', input);
    t.same(JSON.parse(JSON.stringify(item.value)), value, input);
    t.strictSame(
      item.violations.map(({ code, offset }) => [code, offset]),
      violations,
      input,
    );
  }
  t.end();
});

void t.test('bytes that are not UTF-8 become U+FFFD as everywhere else', (t) => {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const high = fc.oneof(
    fc.integer({ min: 0x80, max: 0xfe }),
    fc.constantFrom(0xc0, 0xc1, 0xc2, 0xe0, 0xed, 0xef, 0xf0, 0xf4, 0xf5, 0x80, 0x9f, 0xa0, 0xbf, 0x8f, 0x90),
    fc.constant(0x41),
  );
  let bad = 0;
  fc.assert(
    fc.property(fc.array(high, { minLength: 1, maxLength: 12 }), (list) => {
      const contents = Buffer.from(list);
      const [item] = read(Buffer.concat([bytes('"'), contents, bytes('"')]));
      assert.ok(item?.kind === 'value');
      const expected = decoder.decode(contents);
      assert.equal(item.value, expected);
      const replaced = item.violations.filter(({ code }) => code === 'invalid-utf8').length;
      const real = contents.toString('latin1').split('\xef\xbf\xbd').length - 1;
      assert.equal(replaced, expected.split('\ufffd').length - 1 - real);
      if (replaced > 0) bad += 1;
      assert.equal(
        item.violations.some(({ code }) => code === 'non-ascii'),
        list.some((byte) => byte > 0x7f),
      );
    }),
    { seed: SEED, numRuns: 5000 },
  );
  t.ok(bad > 1000);
  t.end();
});

void t.test('of many violations only the first are kept', (t) => {
  const [item] = read(`[${'"\\ud800",'.repeat(100)}0] `);
  t.equal(item?.kind === 'value' && item.violations.length, MAX_VIOLATIONS);
  const [next] = read('{}');
  t.strictSame(next?.kind === 'value' && next.violations, []);
  t.end();
});

void t.test('after an error the next line is read', (t) => {
  const table: [input: string, codes: string[]][] = [
    ['@ {"a":1}\r\n{}', ['bad-byte', 'value']],
    ['{"a" 1} {"b":2}\n{}', ['syntax', 'value']],
    ['{]\n{}', ['syntax', 'value']],
    ['"abc\n{}', ['control-character', 'value']],
    ['nope\n{}', ['bad-keyword', 'value']],
    ['[nope, nope]\n{}', ['bad-keyword', 'value']],
    ['01\n{}', ['bad-number', 'value']],
    ['1.\n{}', ['bad-number', 'value']],
    ['"\\q" 1 2\n{}', ['bad-escape', 'value']],
    ['[\n1 2\n]\n{}', ['syntax', 'syntax', 'value']],
    ['\xef\xbb\xbf{}\n{}', ['bad-byte', 'value']],
    ['\x01{}\n{}', ['bad-byte', 'value']],
    ['{} } {}\n{}', ['value', 'syntax', 'value']],
  ];
  for (const [input, expected] of table) t.strictSame(codes(read(input)), expected, input);
  t.end();
});

void t.test('a byte 0xFF drops what is unfinished, and means nothing elsewhere', (t) => {
  const table: [input: string, codes: string[]][] = [
    ['\xff{}\n', ['value']],
    ['{}\xff\xff\n\xff{}', ['value', 'value']],
    ['{"retu\xff{}\n', ['reset', 'value']],
    ['{"return":\xff{}\n', ['reset', 'value']],
    ['[1,-\xff{}\n', ['reset', 'value']],
    ['@@@\xff{}\n', ['bad-byte', 'value']],
    ['42\xff{}', ['value', 'value']],
    ['{\xff{\xff{\xff@\xff{}\n@', ['reset', 'value', 'bad-byte']],
  ];
  for (const [input, expected] of table) t.strictSame(codes(read(input)), expected, input);
  const [item] = read('\xff{}');
  t.strictSame(item?.kind === 'value' && Buffer.from(item.separator), bytes('\xff'));
  t.end();
});

void t.test('a line gives one error at most', (t) => {
  const alphabet = Array.from('{}[]",:@\\01a\n\xff\xfe\x01 ');
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...alphabet), { maxLength: 40 }), (list) => {
      const lines = read(list.join('')).flatMap((item) => (item.kind === 'error' ? [item.error.line] : []));
      assert.equal(new Set(lines).size, lines.length);
    }),
    { seed: SEED, numRuns: 3000 },
  );
  t.end();
});
