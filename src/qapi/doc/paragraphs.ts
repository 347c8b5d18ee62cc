/**
 * Documentation comments as QEMU reads them from 9.0 on, paragraph by paragraph: a section is what stands behind its
 * tag and what is indented below it.
 */
import type { DocComment } from '../parse/ast.js';
import type { Sections } from './block.js';
import { headerOf, SectionList } from './sections.js';
import type { OpenSection } from './sections.js';
import type { ErrorList } from '../model/error.js';
import type { Position } from '../model/position.js';
import type { ReleaseRules, Releases } from '../model/release.js';
import { indentation, trimEnd } from '../parse/white-space.js';

const NAME = /^@([^:]*): */;
const ONCE: ReadonlySet<string> = new Set(['Returns', 'Errors', 'Since']);

/** The releases in which tags with two colons belong to reStructuredText. */
const DIRECTIVES_KNOWN: Releases = { since: '9.1' };
const TAG = /^(Returns|Errors|Since|Notes?|Examples?|TODO):(?!:) */;
const ANY_TAG = /^(Returns|Errors|Since|Notes?|Examples?|TODO): */;

/** Sections that became directives. */
const RETIRED: Releases = { since: '9.1' };
const SUCCESSORS: ReadonlyMap<string, string> = new Map([
  ['Note', '.. note::'],
  ['Notes', '.. note::'],
  ['Example', '.. qmp-example::'],
  ['Examples', '.. qmp-example::'],
]);

/** The releases that have headings of this form; later ones have those of reStructuredText. */
const HEADINGS: Releases = { until: '10.1' };

/** The releases that check the layout of lines. */
const LAID_OUT: Releases = { since: '10.2' };
const LINE_LENGTH = 70;
/** A line begins with `# `. */
const LINE_START = 2;
const URL = /^ *(?:https?|ftp):\/\/[^ ]*$/;
const LITERAL = /^(?:\.\. +qmp-example)? *::$/;
/** The end of a sentence with one space behind it; the first two are no such ends. */
const ONE_SPACE = /(?:\be\.g\.|^ *\p{Nd}\.|([.!?])) [A-Z0-9(]/gu;

/** In characters, not in the units that strings are made of. */
function lengthOf(line: string): number {
  return line.length - (line.match(/[\ud800-\udbff][\udc00-\udfff]/g)?.length ?? 0);
}

/**
 * Cuts a comment into sections, paragraph by paragraph.
 *
 * @param comment the comment
 * @param rules the rules that hold
 * @param errors where the first error goes
 */
export function parseParagraphDoc(comment: DocComment, rules: ReleaseRules, errors: ErrorList): Sections {
  const list = new SectionList(errors);
  return list.collect(comment.position, () => {
    new ParagraphParser(comment, list, rules).parse();
  });
}

class ParagraphParser {
  readonly #comment: DocComment;
  readonly #list: SectionList;
  readonly #rules: ReleaseRules;
  #next = 0;
  /** The current line; undefined behind the last one. */
  #line: string | undefined;
  /** Of the current line. */
  #position: Position;
  /** Inside literal text: how deep it stands, 0 before its first line. */
  #literal: number | undefined;

  constructor(comment: DocComment, list: SectionList, rules: ReleaseRules) {
    this.#comment = comment;
    this.#list = list;
    this.#rules = rules;
    this.#position = comment.position;
  }

  parse(): void {
    this.#advance();
    if (this.#line?.startsWith('@') === true) this.#definition(this.#line);
    else this.#freeForm();
    for (const section of this.#list.sections) {
      if (section.kind === 'plain' || section.lines.some((line) => line !== '')) continue;
      this.#list.fail(`text required after '${headerOf(section)}'`, section.position);
    }
  }

  #fail(message: string): never {
    return this.#list.fail(message, this.#position);
  }

  /** Goes to the next line. @returns the line */
  #advance(): string | undefined {
    const line = this.#comment.lines[this.#next++];
    if (line === undefined) {
      if (this.#comment.end === undefined) this.#list.stop();
      this.#line = undefined;
      this.#position = this.#comment.end;
      return undefined;
    }
    this.#line = trimEnd(line.text);
    this.#position = line.position;
    if (this.#rules.allows(LAID_OUT)) this.#checkLayout(this.#line);
    return this.#line;
  }

  #checkLayout(line: string): void {
    const depth = indentation(line);
    if (LITERAL.test(line)) this.#literal = 0;
    else if (this.#literal === 0 && line !== '') this.#literal = depth;
    else if (this.#literal !== undefined && line !== '' && depth < this.#literal) this.#literal = undefined;
    if (this.#literal !== undefined) return;
    const length = LINE_START + lengthOf(line);
    if (length > LINE_LENGTH && !URL.test(line)) {
      this.#fail(`the line has ${length} characters, at most ${LINE_LENGTH} are allowed`);
    }
    for (const match of line.matchAll(ONE_SPACE)) {
      if (match[1] === undefined) continue;
      const { column, ...place } = this.#position;
      this.#list.fail('two spaces are expected between sentences', {
        ...place,
        column: column + LINE_START + match.index + 1,
      });
    }
  }

  #freeForm(): void {
    const section = this.#list.open('plain', '', this.#position);
    for (let isFirst = true; this.#line !== undefined; isFirst = false) {
      const name = NAME.exec(this.#line)?.[1];
      if (name !== undefined) this.#fail(`'@${name}:' is not allowed in free-form documentation`);
      if (!isFirst && this.#line.startsWith('=') && this.#rules.allows(HEADINGS)) {
        this.#fail("a heading ('=') must be the first line of its comment");
      }
      section.lines.push(this.#line);
      this.#advance();
    }
  }

  #definition(first: string): void {
    const list = this.#list;
    list.name(first, this.#position);
    list.open('plain', '', this.#position);
    this.#advance();
    let mayDescribe = true;
    for (;;) {
      while (this.#line === '') this.#advance();
      if (this.#line === undefined) return;
      const name = NAME.exec(this.#line)?.[1];
      if (name !== undefined && !mayDescribe) {
        this.#fail(`the description of '@${name}:' follows a section, it must come before`);
      }
      if (this.#line === 'Features:') this.#features();
      else if (name !== undefined) this.#descriptions('member');
      else if (!this.#tagged(this.#line)) {
        this.#paragraph();
        continue;
      }
      mayDescribe = false;
    }
  }

  #features(): void {
    if (this.#list.has('feature')) this.#fail("a second 'Features' section");
    this.#advance();
    while (this.#line === '') this.#advance();
    this.#descriptions('feature');
    if (!this.#list.has('feature')) this.#fail("descriptions of features are expected after 'Features:'");
  }

  /** One description after the other, as long as there are any. */
  #descriptions(kind: 'member' | 'feature'): void {
    for (;;) {
      const line = this.#line ?? '';
      const match = NAME.exec(line);
      if (match === null) return;
      const name = match[1] ?? '';
      if (name === '') this.#fail("a name is missing between '@' and ':'");
      if (this.#list.has(kind, name)) this.#fail(`'@${name}:' is described twice`);
      const section = this.#list.open(kind, name, this.#position);
      section.lines.push(line.slice(match[0].length));
      this.#indented(section);
    }
  }

  /** @returns false: the line is not the first one of a tagged section */
  #tagged(line: string): boolean {
    const match = (this.#rules.allows(DIRECTIVES_KNOWN) ? TAG : ANY_TAG).exec(line);
    if (match === null) {
      if (line.startsWith('=') && this.#rules.allows(HEADINGS)) {
        this.#fail("a heading ('=') is not allowed in the documentation of a definition");
      }
      return false;
    }
    const tag = match[1] ?? '';
    const successor = SUCCESSORS.get(tag);
    if (successor !== undefined && this.#rules.allows(RETIRED)) {
      this.#fail(`'${tag}' sections are no longer supported, write '${successor}' instead`);
    }
    if (ONCE.has(tag) && this.#list.has('tagged', tag)) this.#fail(`a second '${tag}' section`);
    const section = this.#list.open('tagged', tag, this.#position);
    section.lines.push(line.slice(match[0].length));
    this.#indented(section);
    return true;
  }

  /**
   * Takes what is indented below the first line of a section. The front end reports a de-indent only on the line after
   * the first indented one; on any later line it ends the section.
   */
  #indented(section: OpenSection): void {
    this.#advance();
    while (this.#line === '') {
      section.lines.push('');
      this.#advance();
    }
    const depth = indentation(this.#line ?? '');
    if (this.#line === undefined || depth === 0) return;
    section.lines.push(this.#line);
    for (let isSecond = true; ; isSecond = false) {
      const line = this.#advance();
      if (line === undefined || NAME.test(line)) return;
      if (line !== '' && indentation(line) < depth) {
        if (!isSecond) return;
        this.#fail(`unexpected de-indent: at least ${depth} spaces are expected, as on the line before`);
      }
      section.lines.push(line);
    }
  }

  #paragraph(): void {
    let section = this.#list.sections.at(-1);
    if (section?.kind !== 'plain') section = this.#list.open('plain', '', this.#position);
    else section.lines.push('');
    for (let line = this.#line; line !== undefined && line !== ''; line = this.#line) {
      section.lines.push(line);
      this.#advance();
    }
  }
}
