import assert from 'node:assert/strict';
import fc from 'fast-check';
import t from 'tap';
import { parseEscapedBytes, escapeBytes } from '../../src/json/index.js';
import { bytes, SEED } from './support.js';

void t.test('bytes are shown on one line of printable ASCII', (t) => {
  t.equal(escapeBytes(bytes('{"a": "\\n"}\r\n\x00\x7f\xff~ ')), '{"a": "\\\\n"}\\x0d\\x0a\\x00\\x7f\\xff~ ');
  t.equal(escapeBytes(Buffer.alloc(0)), '');
  t.end();
});

void t.test('what is shown can be read back', (t) => {
  fc.assert(
    fc.property(fc.uint8Array(), (array) => {
      const shown = escapeBytes(array);
      assert.match(shown, /^[ -~]*$/);
      assert.deepStrictEqual(parseEscapedBytes(shown), Buffer.from(array));
    }),
    { seed: SEED },
  );
  t.strictSame(parseEscapedBytes('\\xFf'), bytes('\xff'));
  t.end();
});

void t.test('a cut is marked, and cannot be read back', (t) => {
  t.equal(escapeBytes(bytes('abcdef'), 6), 'abcdef');
  t.equal(escapeBytes(bytes('abcdef'), 4), 'abcd\\...(2 more bytes)');
  t.throws(() => parseEscapedBytes('abcd\\...(2 more bytes)'), {
    name: 'SyntaxError',
    message: /cut off at column 5/,
  });
  t.end();
});

void t.test('other text is refused with its column', (t) => {
  for (const text of ['ab\\', 'ab\\n', 'ab\\x4', 'ab\\x4g', 'ab\n', 'abé']) {
    t.throws(() => parseEscapedBytes(text), { name: 'SyntaxError', message: /at column 3/ }, text);
  }
  t.end();
});
