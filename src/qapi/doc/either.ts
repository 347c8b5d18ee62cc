/**
 * Documentation comments where no release is given: of either dialect. Where they differ, what is valid in one is an
 * error in the other, so that the text itself tells which is meant.
 */
import type { DocComment, DocLine } from '../parse/ast.js';
import type { DocPart, Sections } from './block.js';
import type { ErrorList } from '../model/error.js';
import type { Position } from '../model/position.js';
import { trimEnd } from '../parse/white-space.js';

const NAME = /^@([^\s:]*):\s*/;
const TAG = /^(Returns|Errors|Since|Notes?|Examples?|TODO):(?!:)\s*/;
const DIRECTIVE = /^\.\. +(note|qmp-example)::\s*/;
const DIRECTIVE_TAGS: Readonly<Record<string, string>> = { note: 'Note', 'qmp-example': 'Example' };
const FEATURES = 'Features:';
const ONCE = new Set(['Returns', 'Errors', 'Since']);

/**
 * Cuts a comment of either dialect into sections.
 *
 * @param comment the comment
 * @param errors where errors in its structure go
 */
export function parseEitherDoc(comment: DocComment, errors: ErrorList): Sections {
  const lines = comment.lines.map(({ text, position }) => ({ text: trimEnd(text), position }));
  const trimmed = { ...comment, lines };
  return lines[0]?.text.startsWith('@') === true ? definition(trimmed, errors) : freeForm(trimmed, errors);
}

function definition(comment: DocComment, errors: ErrorList): Sections {
  const { lines, position } = comment;
  const [first, ...rest] = lines;
  if (first === undefined) return { parts: [], position };
  if (!first.text.endsWith(':')) {
    const message = "the line that names the definition must end with ':'";
    errors.add({ code: 'bad-doc-comment', message, position: first.position });
  }
  const symbol = first.text.replace(/^@|:$/g, '');
  if (symbol === '') {
    errors.add({ code: 'bad-doc-comment', message: "name required after '@'", position: first.position });
  }
  const parser = new SectionParser(errors, position);
  for (const line of rest) parser.line(line);
  return { symbol, parts: parser.end(), position };
}

function freeForm({ lines, position }: DocComment, errors: ErrorList): Sections {
  for (const line of lines) {
    const name = NAME.exec(line.text);
    if (name === null) continue;
    const message = `'@${name[1] ?? ''}:' is not allowed in free-form documentation`;
    errors.add({ code: 'bad-doc-section', message, position: line.position });
  }
  const text = lines.map((line) => line.text).join('\n');
  return { parts: [{ kind: 'plain', name: '', text, position }], position };
}

/** A section under construction. */
interface OpenPart {
  readonly kind: DocPart['kind'];
  readonly name: string;
  readonly position: Position;
  /** The text on the section's first line. */
  readonly head: string;
  readonly lines: string[];
  /** Whether unindented text belongs to the section. The older dialect allows that where nothing follows the tag. */
  absorbs: boolean;
}

class SectionParser {
  readonly #errors: ErrorList;
  readonly #parts: DocPart[] = [];
  #part: OpenPart;
  /** The kind of section that an `@name:` starts at this point; undefined when it may not occur any more. */
  #names: 'member' | 'feature' | undefined = 'member';
  #afterBlank = false;
  readonly #seen = new Set<string>();

  constructor(errors: ErrorList, position: Position) {
    this.#errors = errors;
    this.#part = { kind: 'plain', name: '', position, head: '', lines: [], absorbs: true };
  }

  line({ text, position }: DocLine): void {
    if (text === '') {
      this.#part.lines.push(text);
      this.#afterBlank = true;
      return;
    }
    if (text.startsWith(' ')) this.#indented(text);
    else this.#unindented(text, position);
    this.#afterBlank = false;
  }

  end(): DocPart[] {
    this.#close();
    return this.#parts;
  }

  #indented(text: string): void {
    const part = this.#part;
    const isFirst = part.head === '' && part.lines.every((line) => line === '');
    // Only the older dialect has these two, and there they go on until the next tag.
    if (isFirst && part.kind !== 'plain' && !/^(Note|Example)/.test(part.name)) part.absorbs = false;
    part.lines.push(text);
  }

  #unindented(text: string, position: Position): void {
    if (text === FEATURES) {
      this.#once(FEATURES, position);
      this.#open('plain', '', '', position);
      this.#names = 'feature';
      return;
    }
    const name = NAME.exec(text);
    if (name !== null) {
      this.#named(name[1] ?? '', text.slice(name[0].length), position);
      return;
    }
    const directive = DIRECTIVE.exec(text);
    const tag = directive === null ? TAG.exec(text) : null;
    const match = directive ?? tag;
    if (match !== null) {
      const word = match[1] ?? '';
      this.#names = undefined;
      this.#once(word, position);
      this.#open('tagged', DIRECTIVE_TAGS[word] ?? word, text.slice(match[0].length), position);
      // A directive owns what is indented below it, nothing else.
      if (directive !== null) this.#part.absorbs = false;
      return;
    }
    this.#plain(text, position);
  }

  #named(name: string, head: string, position: Position): void {
    if (this.#names === undefined) {
      this.#error(`the description of '@${name}:' follows a section, it must come before`, position);
    } else if (name === '') {
      this.#error("a name is missing between '@' and ':'", position);
    } else if (this.#seen.has(`${this.#names} ${name}`)) {
      this.#error(`'@${name}:' is described twice`, position);
    }
    const kind = this.#names ?? 'member';
    this.#seen.add(`${kind} ${name}`);
    this.#open(kind, name, head, position);
  }

  #plain(text: string, position: Position): void {
    const part = this.#part;
    const belongs =
      part.kind === 'member' || part.kind === 'feature' ? part.absorbs && !this.#afterBlank : part.absorbs;
    if (belongs) {
      part.lines.push(text);
      return;
    }
    this.#names = undefined;
    this.#open('plain', '', text, position);
    this.#part.absorbs = true;
  }

  #open(kind: DocPart['kind'], name: string, head: string, position: Position): void {
    this.#close();
    this.#part = { kind, name, position, head, lines: [], absorbs: head === '' };
  }

  #close(): void {
    const { kind, name, position, head, lines } = this.#part;
    const text = sectionText(head, lines);
    if (text === '' && kind === 'plain') return;
    if (text === '') {
      const header = kind === 'tagged' ? `${name}:` : `@${name}:`;
      this.#error(`text required after '${header}'`, position);
    }
    this.#parts.push({ kind, name, text, position });
  }

  #once(tag: string, position: Position): void {
    if ((tag === FEATURES || ONCE.has(tag)) && this.#seen.has(tag)) {
      this.#error(`a second '${tag.replace(':', '')}' section`, position);
    }
    this.#seen.add(tag);
  }

  #error(message: string, position: Position): void {
    this.#errors.add({ code: 'bad-doc-section', message, position });
  }
}

/** The section's text, without the indentation that all lines below the first share. */
function sectionText(head: string, lines: readonly string[]): string {
  let indent = Infinity;
  for (const line of lines) if (line !== '') indent = Math.min(indent, line.length - line.trimStart().length);
  return [head, ...lines.map((line) => line.slice(Math.min(indent, line.length)))]
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}
