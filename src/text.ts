/**
 * Text helpers that every report shares. What a target sent is untrusted: nothing of it reaches a terminal, a CI log
 * or a document before {@link visible} made it printable and {@link clip} bounded it. The exact text is always in
 * `report.json`.
 */

/** The longest piece of one target string (in UTF-16 units) that a report other than `report.json` shows. */
export const FIELD_LIMIT = 4000;

/** The longest message of a failure that is shown, in UTF-16 units. */
export const MESSAGE_LIMIT = 1000;

/** The longest reason that a list entry shows, in UTF-16 units. */
export const LINE_LIMIT = 300;

/**
 * Everything that Unicode calls "other" (controls, format characters such as bidi overrides and zero-width spaces,
 * lone surrogates, private use, unassigned) and the two separators that some readers take for line ends.
 */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/**
 * What the log readers of CI servers take for a command: `##[…` and `##word[…` anywhere in a line (Azure Pipelines,
 * TeamCity, GitHub), `::word` where a line can start or be wrapped (GitHub).
 */
const LOG_COMMAND = /#(?=#[\w-]*\[)|(?<!\S):(?=:[a-z])/gi;

/**
 * Shows what cannot be seen: `\x1b`, `\t`, `\u202e`, `\u{e0001}`. A newline stays.
 *
 * @returns text that is safe for a terminal, for the log of a CI server and for XML 1.0
 */
export function visible(text: string): string {
  return text.replace(INVISIBLE, escapeOf).replace(LOG_COMMAND, escapeOf);
}

/** As {@link visible}, with newlines shown as `\n` too. */
export function oneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n');
}

/** The colours of picocolors. */
const OWN = /\x1b\[\d{1,2}m|[\n\t]/y;

/**
 * Our own text as a terminal gets it: colours, newlines and tabs stay, and should anything else be in it that steers
 * a terminal, it is shown as in {@link visible}.
 */
export function paintedText(text: string): string {
  return text.replace(INVISIBLE, (character, at: number) => {
    OWN.lastIndex = at;
    return OWN.test(text) ? character : escapeOf(character);
  });
}

/**
 * A JSON text in which nothing is left that does not print, or that the log of a CI server takes for a command. It
 * means the same: outside strings JSON has no such characters.
 */
export function visibleJson(json: string): string {
  return json.replace(/(?!\n)[\p{C}\p{Zl}\p{Zp}]|#(?=#[\w-]*\[)/gu, (character) =>
    Array.from(
      { length: character.length },
      (_, index) => `\\u${character.charCodeAt(index).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

function escapeOf(character: string): string {
  if (character === '\n') return character;
  if (character === '\r') return '\\r';
  if (character === '\t') return '\\t';
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, '0')}`;
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, '0')}`;
}

/**
 * Cuts the middle out of a long text and says how much is missing. The start says what it is, the end says how it
 * ended, so both stay.
 *
 * @param limit how many UTF-16 units to keep, at most
 * @returns the text itself when it is short enough, else head, mark and tail; the mark counts UTF-8 bytes
 */
export function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const wholeHead = text.slice(0, Math.ceil((limit * 2) / 3));
  const wholeTail = text.slice(text.length - Math.floor(limit / 3));
  // A surrogate pair is kept or cut as one.
  const head = wholeHead.replace(/[\ud800-\udbff]$/, '');
  const tail = wholeTail.replace(/^[\udc00-\udfff]/, '');
  const cut = Buffer.byteLength(text) - Buffer.byteLength(head) - Buffer.byteLength(tail);
  return `${head} ...[${grouped(cut)} bytes cut]... ${tail}`;
}

/** A target string made fit for showing: clipped, then made visible; newlines stay. */
export function shown(text: string, limit: number = FIELD_LIMIT): string {
  return visible(clip(text, limit));
}

/** As {@link shown}, on one line. */
export function shownLine(text: string, limit: number = LINE_LIMIT): string {
  return oneLine(clip(text, limit));
}

/** Puts `prefix` before every line. */
export function indent(text: string, prefix: string): string {
  return prefix + text.replaceAll('\n', `\n${prefix}`);
}

/** `1 rule`, `2 rules`, `1,234 rules`. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** A whole number with commas between groups of three digits, whatever the locale of the machine. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(?:\d{3})+$)/g, ',');
}

/** A duration as people say it: `120 ms`, `4.2 s`, `3 min 20 s`, `2 h 5 min`. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${grouped(Math.floor(minutes / 60))} h ${minutes % 60} min`;
}

/**
 * Breaks prose at spaces. A word longer than a line stays whole: a cut one could not be copied.
 *
 * @param width the longest line, in UTF-16 units
 */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > width) {
        lines.push(line);
        line = word;
      } else {
        line = line === '' ? word : `${line} ${word}`;
      }
    }
    lines.push(line);
  }
  return lines;
}
