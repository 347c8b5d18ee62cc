/**
 * GitHub flavoured Markdown of untrusted text.
 */
import { FIELD_LIMIT, shownLine } from '../text.js';

/**
 * What must not act as markup: pairs and openers anywhere, block markers at the start, the colon and the dot without
 * which an address makes no link.
 */
const MARKUP = /[@#]+|[\\`*_[<|~&$]|:(?=\/\/)|(?<=www)\.|^[-+=>]|(?<=^\d+)[.)]/gi;

/**
 * Prose on one line with its markup escaped. `@` and `#` go into code spans, because GitHub looks for mentions and
 * issue numbers after it has resolved escapes.
 */
export function prose(text: string): string {
  return shownLine(text, FIELD_LIMIT)
    .trim()
    .replace(MARKUP, (markup) => (/^[@#]/.test(markup) ? `\`${markup}\`` : `\\${markup}`));
}

/**
 * A code span, also in a table. A `|` would end the cell, and backslashes before it make escaping it ambiguous among
 * renderers, so it is shown as `\x7c`.
 */
export function code(text: string): string {
  const content = shownLine(text).replaceAll('|', '\\x7c');
  if (content.trim() === '') return '(empty)';
  const ticks = '`'.repeat(longestTicks(content) + 1);
  const space = /^[` ]|[` ]$/.test(content) ? ' ' : '';
  return `${ticks}${space}${content}${space}${ticks}`;
}

/** The longest run of backticks in a text. */
export function longestTicks(text: string): number {
  return (text.match(/`+/g) ?? []).reduce((longest, ticks) => Math.max(longest, ticks.length), 0);
}
