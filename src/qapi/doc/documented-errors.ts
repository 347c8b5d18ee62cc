/**
 * The error classes that a doc comment documents, with their conditions.
 *
 * Newer schemas have an Errors section, a list with one condition to an item; in older ones the conditions stand
 * among what is returned, as items or as plain sentences.
 */
import type { Doc } from '../model/doc.js';

/** An error that a doc comment documents. */
export interface DocumentedError {
  /** As it is on the wire. */
  readonly class: string;
  /** The item or sentence that names the class, on one line. */
  readonly text: string;
}

/** The classes by their spellings in doc comments. Names of errors that QMP no longer has are not classes. */
const CLASSES: ReadonlyMap<string, string> = new Map([
  ['GenericError', 'GenericError'],
  ['CommandNotFound', 'CommandNotFound'],
  ['DeviceEncrypted', 'DeviceEncrypted'],
  ['DeviceNotActive', 'DeviceNotActive'],
  ['DeviceNotFound', 'DeviceNotFound'],
  ['KVMMissingCap', 'KVMMissingCap'],
  ['KvmMissingCap', 'KVMMissingCap'],
]);

/** Where a condition begins: in a list with an item, elsewhere with a sentence of its own. */
const ITEM = /^[-*•]\s+/;
const SENTENCE = /^(?=if\b)/i;

/**
 * Lists the errors that a doc comment documents by class, in order; none when it names no class.
 * An item that names two classes gives two.
 *
 * @param doc of a command
 */
export function documentedErrors(doc: Doc): DocumentedError[] {
  return conditions(doc.errors ?? '').flatMap((text) => {
    const named = new Set((text.match(/\w+/g) ?? []).flatMap((word) => CLASSES.get(word) ?? []));
    return [...named].map((name) => ({ class: name, text }));
  });
}

/** Cuts a section into its items and sentences, each on one line. */
function conditions(section: string): string[] {
  const lines = section.split('\n').map((line) => line.trim());
  const begin = lines.some((line) => ITEM.test(line)) ? ITEM : SENTENCE;
  const found: string[][] = [[]];
  for (const line of lines) {
    if (begin.test(line)) found.push([]);
    found.at(-1)?.push(line.replace(begin, ''));
  }
  return found.flatMap((parts) =>
    parts
      .join(' ')
      .trim()
      .split(/(?<=\.)\s+(?=[A-Z])/),
  );
}
