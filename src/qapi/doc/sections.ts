/**
 * The sections of a documentation comment under construction, and the first error in it. Only the first is reported,
 * because it may cause those that follow in the same comment.
 */
import type { DocPart, Sections } from './block.js';
import type { ErrorList } from '../model/error.js';
import type { Position } from '../model/position.js';

/** A section, still growing. */
export interface OpenSection {
  readonly kind: DocPart['kind'];
  readonly name: string;
  /** Of its first line. */
  readonly position: Position;
  readonly lines: string[];
}

/** Thrown inside the parsers of comments, to leave them. */
class DocError extends Error {
  override readonly name = 'DocError';
}

/** The tag of a section, or the name that it describes, as it stands in the text. */
export function headerOf({ kind, name }: OpenSection): string {
  return kind === 'tagged' ? `${name}:` : `@${name}:`;
}

export class SectionList {
  readonly sections: OpenSection[] = [];
  #symbol: string | undefined;
  readonly #seen = new Set<string>();
  readonly #errors: ErrorList;

  constructor(errors: ErrorList) {
    this.#errors = errors;
  }

  /** The definition that the comment is for; undefined until its name is read, and for free-form comments. */
  get symbol(): string | undefined {
    return this.#symbol;
  }

  /** Takes the first line of a comment that belongs to a definition: `@NAME:`. */
  name(line: string, position: Position): void {
    if (!line.endsWith(':')) {
      this.fail("the line that names the definition must end with ':'", position, 'bad-doc-comment');
    }
    this.#symbol = line.slice(1, -1);
    if (this.#symbol === '') this.fail("name required after '@'", position, 'bad-doc-comment');
  }

  /** @returns the new section, the last of the list */
  open(kind: DocPart['kind'], name: string, position: Position): OpenSection {
    const section: OpenSection = { kind, name, position, lines: [] };
    this.sections.push(section);
    this.#seen.add(kind).add(`${kind} ${name}`);
    return section;
  }

  /** @returns whether there is such a section */
  has(kind: DocPart['kind'], name?: string): boolean {
    return this.#seen.has(name === undefined ? kind : `${kind} ${name}`);
  }

  /** Reports an error and leaves the parser. */
  fail(
    message: string,
    position: Position,
    code: 'bad-doc-comment' | 'bad-doc-section' = 'bad-doc-section',
  ): never {
    this.#errors.add({ code, message, position });
    throw new DocError();
  }

  /** Leaves the parser where the text breaks off. */
  stop(): never {
    throw new DocError();
  }

  /** Runs a parser until its end or the first error. */
  collect(position: Position, parse: () => void): Sections {
    try {
      parse();
    } catch (error) {
      if (!(error instanceof DocError)) throw error;
    }
    const parts = this.sections
      .map(({ kind, name, position: at, lines }) => ({ kind, name, position: at, text: textOf(lines) }))
      .filter(({ kind, text }) => kind !== 'plain' || text !== '');
    return { ...(this.#symbol !== undefined && { symbol: this.#symbol }), parts, position };
  }
}

/** The section's text, without the indentation that all lines below the first share. */
function textOf([head = '', ...lines]: readonly string[]): string {
  let indent = Infinity;
  for (const line of lines) if (line !== '') indent = Math.min(indent, line.length - line.trimStart().length);
  return [head.trimStart(), ...lines.map((line) => line.slice(Math.min(indent, line.length)))]
    .join('\n')
    .replace(/^\n+/, '')
    .trimEnd();
}
