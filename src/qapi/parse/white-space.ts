/**
 * White space as QEMU's front end defines it. That is written in Python, which differs from JavaScript in a few
 * characters.
 */

/** White space in Python, but not in JavaScript. */
const PYTHON_ONLY = /[\x1c-\x1f\x85]/;
const BYTE_ORDER_MARK = '\ufeff';

/** @returns whether the character is white space */
export function isSpace(character: string): boolean {
  if (PYTHON_ONLY.test(character)) return true;
  return character !== BYTE_ORDER_MARK && character.trim() === '';
}

/** The text without the white space behind it. */
export function trimEnd(text: string): string {
  // Hardly any line ends with white space.
  if (/[!-~]$/.test(text)) return text;
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return end === text.length ? text : text.slice(0, end);
}

/** How many characters of white space the text begins with. */
export function indentation(text: string): number {
  let at = 0;
  while (at < text.length && isSpace(text.charAt(at))) at++;
  return at;
}
