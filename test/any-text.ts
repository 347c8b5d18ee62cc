/** Text of any code points. */
import fc from 'fast-check';

/**
 * Code points of all planes, no halves of surrogate pairs: what `unit: 'binary'` of fast-check makes, without the table
 * of all million of them that it builds in every process.
 */
const codePoint = fc
  .oneof(
    fc.integer({ min: 0, max: 0x7f }),
    fc.integer({ min: 0, max: 0xd7ff }),
    fc.integer({ min: 0xe000, max: 0x10ffff }),
  )
  .map((code) => String.fromCodePoint(code));

/** Up to so many of them. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  return fc.array(codePoint, { maxLength }).map((characters) => characters.join(''));
}
