/**
 * White space as QEMU's front end sees it, which is written in Python: JavaScript has another idea of a few characters.
 */

/** What Python takes for white space and JavaScript does not. */
const PYTHON_ONLY = /[\x1c-\x1f\x85]/;
const BYTE_ORDER_MARK = '\ufeff';

/** Is the character white space? */
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
