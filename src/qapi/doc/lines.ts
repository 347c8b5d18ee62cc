/**
 * Documentation comments as QEMU reads them until 8.2, line by line: a section goes on until a line starts the next
 * one, and its lines stand at least as deep as the text behind its tag.
 */
import type { DocComment, DocLine } from '../parse/ast.js';
import type { DocPart, Sections } from './block.js';
import { headerOf, SectionList } from './sections.js';
import type { OpenSection } from './sections.js';
import type { ErrorList } from '../model/error.js';
import type { Position } from '../model/position.js';
import type { ReleaseRules, Releases } from '../model/release.js';
import { indentation, trimEnd } from '../parse/white-space.js';

const TAGS: ReadonlySet<string> = new Set([
  'Returns:',
  'Since:',
  'Note:',
  'Notes:',
  'Example:',
  'Examples:',
  'TODO:',
]);
const ONCE: ReadonlySet<string> = new Set(['Returns', 'Since']);
const FEATURES: Releases = { since: '4.1' };
/** The releases in which the text of a section keeps its depth. */
const DEPTH_KEPT: Releases = { since: '5.2' };

/** The kind of section that the current line is in; it decides what the line may be. */
type State = 'body' | 'members' | 'features' | 'sections';

/**
 * Cuts a comment into sections, line by line.
 *
 * @param comment the comment
 * @param rules the rules that hold
 * @param errors where the first error goes
 */
export function parseLineDoc(comment: DocComment, rules: ReleaseRules, errors: ErrorList): Sections {
  const list = new SectionList(errors);
  return list.collect(comment.position, () => {
    const parser = new LineParser(list, rules, comment.position);
    for (const line of comment.lines) parser.line(line);
    if (comment.end !== undefined) parser.end(comment.end);
  });
}

class LineParser {
  readonly #list: SectionList;
  readonly #rules: ReleaseRules;
  readonly #body: OpenSection;
  #section: OpenSection;
  /** How deep the lines of the section must stand. */
  #depth = 0;
  #state: State = 'body';

  constructor(list: SectionList, rules: ReleaseRules, position: Position) {
    this.#list = list;
    this.#rules = rules;
    this.#body = list.open('plain', '', position);
    this.#section = this.#body;
  }

  line({ text, position }: DocLine): void {
    if (text === '') {
      this.#append(text, position);
      return;
    }
    if (text.startsWith('=') && this.#list.symbol !== undefined) {
      this.#list.fail("a heading ('=') is not allowed in the documentation of a definition", position);
    }
    switch (this.#state) {
      case 'body':
        this.#bodyLine(text, position);
        break;
      case 'sections':
        this.#sectionLine(text, position);
        break;
      default:
        this.#descriptionLine(text, position);
    }
  }

  end(position: Position): void {
    this.#close(position);
  }

  #bodyLine(text: string, position: Position): void {
    const list = this.#list;
    if (list.symbol === undefined && this.#body.lines.length === 0 && text.startsWith('@')) {
      list.name(text, position);
    } else if (list.symbol === undefined) {
      this.#append(text, position);
    } else if (isName(text)) {
      this.#state = 'members';
      this.#descriptionLine(text, position);
    } else if (text === 'Features:' && this.#rules.allows(FEATURES)) {
      this.#state = 'features';
    } else if (TAGS.has(firstWord(text))) {
      this.#state = 'sections';
      this.#sectionLine(text, position);
    } else {
      this.#append(text, position);
    }
  }

  #descriptionLine(text: string, position: Position): void {
    const lines = this.#section.lines;
    const endsParagraph = lines.length > 1 && lines.at(-1) === '' && indentation(text) === 0;
    if (isName(text)) {
      this.#describe(text, position);
    } else if (TAGS.has(firstWord(text))) {
      this.#state = 'sections';
      this.#sectionLine(text, position);
    } else if (!endsParagraph) {
      this.#append(text, position);
    } else if (this.#state === 'members' && text === 'Features:' && this.#rules.allows(FEATURES)) {
      this.#state = 'features';
    } else {
      this.#state = 'sections';
      this.#open('plain', '', 0, position);
      this.#sectionLine(text, position);
    }
  }

  #describe(text: string, position: Position): void {
    const list = this.#list;
    const kind = this.#state === 'features' ? 'feature' : 'member';
    const name = firstWord(text).slice(1, -1);
    if (name === '') list.fail("a name is missing between '@' and ':'", position);
    if (list.has(kind, name)) list.fail(`'@${name}:' is described twice`, position);
    const { depth, rest } = splitHeader(text);
    this.#open(kind, name, depth, position);
    this.#append(rest, position);
  }

  #sectionLine(text: string, position: Position): void {
    const list = this.#list;
    const word = firstWord(text);
    if (isName(text)) {
      list.fail(`the description '${word}' follows a section, it must come before`, position);
    }
    if (!TAGS.has(word)) {
      this.#append(text, position);
      return;
    }
    const tag = word.slice(0, -1);
    if (ONCE.has(tag) && list.has('tagged', tag)) list.fail(`a second '${tag}' section`, position);
    const { depth, rest } = splitHeader(text);
    this.#open('tagged', tag, depth, position);
    this.#append(rest, position);
  }

  #open(kind: DocPart['kind'], name: string, depth: number, position: Position): void {
    this.#close(position);
    this.#section = this.#list.open(kind, name, position);
    this.#depth = depth;
  }

  /** @param position where the section ends; a section without text is reported there */
  #close(position: Position): void {
    const section = this.#section;
    if (section === this.#body || section.lines.some((line) => line.trim() !== '')) return;
    this.#list.fail(`text required after '${headerOf(section)}'`, position);
  }

  #append(text: string, position: Position): void {
    const name = /^@\S+:/.exec(text)?.[0];
    if (name !== undefined) {
      this.#list.fail(`'${name}' is not allowed in free-form documentation`, position);
    }
    if (text !== '' && this.#rules.allows(DEPTH_KEPT) && indentation(text) < this.#depth) {
      const message = `unexpected de-indent: at least ${this.#depth} spaces are expected, as on the section's first line`;
      this.#list.fail(message, position);
    }
    this.#section.lines.push(trimEnd(text.slice(text === '' ? 0 : this.#depth)));
  }
}

/** Up to the first space. */
function firstWord(text: string): string {
  const end = text.indexOf(' ');
  return end < 0 ? text : text.slice(0, end);
}

function isName(text: string): boolean {
  const word = firstWord(text);
  return word.startsWith('@') && word.endsWith(':');
}

/** How deep the text behind a tag stands, and that text at its place; lines below a bare tag may stand anywhere. */
function splitHeader(text: string): { readonly depth: number; readonly rest: string } {
  const tag = firstWord(text).length;
  const depth = tag + indentation(text.slice(tag));
  return depth === text.length
    ? { depth: 0, rest: '' }
    : { depth, rest: ' '.repeat(depth) + text.slice(depth) };
}
