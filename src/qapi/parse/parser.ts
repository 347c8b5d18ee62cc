/**
 * Tokens → the items of a module: documentation comments and expressions.
 */
import type { DocComment, DocLine, Entry, Item, Node, ObjectNode } from './ast.js';
import { Lexer, ParseError } from './lexer.js';
import type { TokenKind } from './lexer.js';
import type { ReleaseRules, Releases } from '../model/release.js';
import type { Position } from '../model/position.js';

/**
 * Expressions nest at most this deep. QEMU's own front end ends (with a crash) at a depth of this order; real
 * schemas stay below ten.
 */
const DEPTH_LIMIT = 400;

/** The releases that read a list to its end before they report that it is no definition. */
const LISTS_READ: Releases = { since: '6.1' };

/** The releases that read documentation. */
const DOCUMENTED: Releases = { since: '2.9' };

/** The items of a module, and the error at which the parser stopped, if any. */
export interface ParsedModule {
  readonly items: readonly Item[];
  readonly error?: ParseError;
}

/**
 * Parses one module. Never throws for bad text.
 *
 * @param text the module
 * @param file its name in positions
 * @param includedFrom the directive that includes it, absent for the root module
 * @param rules the rules that hold
 */
export function parseModule(
  text: string,
  file: string,
  includedFrom: Position | undefined,
  rules: ReleaseRules,
): ParsedModule {
  const items: Item[] = [];
  try {
    const parser = new Parser(new Lexer(text, file, includedFrom, rules.allows(DOCUMENTED)), items, rules);
    while (parser.item());
    return { items };
  } catch (error) {
    if (error instanceof ParseError) return { items, error };
    throw error;
  }
}

class Parser {
  readonly #lexer: Lexer;
  readonly #items: Item[];
  readonly #rules: ReleaseRules;
  #isPrimed = false;

  constructor(lexer: Lexer, items: Item[], rules: ReleaseRules) {
    this.#lexer = lexer;
    this.#items = items;
    this.#rules = rules;
  }

  /** Takes the next item. @returns false at the end */
  item(): boolean {
    if (!this.#isPrimed) this.#lexer.next();
    this.#isPrimed = true;
    switch (this.#lexer.kind) {
      case 'end':
        return false;
      case 'comment':
        this.#doc();
        return true;
      case '{':
        this.#items.push({ kind: 'expression', node: this.#object(1) });
        return true;
      default: {
        const position = this.#lexer.position();
        const found = this.#lexer.describe();
        if (this.#at('[') && this.#rules.allows(LISTS_READ)) this.#array(1);
        throw new ParseError(
          'bad-expression',
          `a top-level expression must be an object, it cannot start with ${found}`,
          position,
        );
      }
    }
  }

  #at(kind: TokenKind): boolean {
    return this.#lexer.kind === kind;
  }

  #unexpected(expected: string): ParseError {
    const lexer = this.#lexer;
    const message = `expected ${expected}, found ${lexer.describe()}`;
    return new ParseError('unexpected-token', message, lexer.position());
  }

  #value(depth: number): Node {
    const lexer = this.#lexer;
    switch (lexer.kind) {
      case '{':
        return this.#object(depth + 1);
      case '[':
        return this.#array(depth + 1);
      case 'string': {
        const node: Node = { kind: 'string', value: lexer.text, position: lexer.position() };
        lexer.next();
        return node;
      }
      case 'boolean': {
        const node: Node = { kind: 'boolean', value: lexer.truth, position: lexer.position() };
        lexer.next();
        return node;
      }
      default:
        throw this.#unexpected("'{', '[', a string, or a boolean");
    }
  }

  #object(depth: number): ObjectNode {
    const lexer = this.#lexer;
    const position = this.#open(depth);
    const entries = new Map<string, Entry>();
    if (lexer.kind === '}') {
      lexer.next();
      return { kind: 'object', entries, position };
    }
    for (let expected = "a string or '}'"; ; expected = 'a string') {
      if (!this.#at('string')) throw this.#unexpected(expected);
      const key = lexer.text;
      const keyPosition = lexer.position();
      lexer.next();
      if (!this.#at(':')) throw this.#unexpected("':'");
      lexer.next();
      if (entries.has(key)) {
        throw new ParseError('duplicate-key', `duplicate key '${key}'`, lexer.position());
      }
      entries.set(key, { key, position: keyPosition, value: this.#value(depth) });
      if (this.#closes('}')) return { kind: 'object', entries, position };
    }
  }

  #array(depth: number): Node {
    const lexer = this.#lexer;
    const position = this.#open(depth);
    const elements: Node[] = [];
    if (lexer.kind === ']') {
      lexer.next();
      return { kind: 'array', elements, position };
    }
    do elements.push(this.#value(depth));
    while (!this.#closes(']'));
    return { kind: 'array', elements, position };
  }

  /** Goes past the opening bracket and says where it was. */
  #open(depth: number): Position {
    const position = this.#lexer.position();
    if (depth > DEPTH_LIMIT) {
      const message = `the expression nests deeper than ${DEPTH_LIMIT} levels`;
      throw new ParseError('nesting-too-deep', message, position);
    }
    this.#lexer.next();
    return position;
  }

  /** Goes past a comma or the closing bracket; true: it was the bracket. */
  #closes(bracket: '}' | ']'): boolean {
    const lexer = this.#lexer;
    if (lexer.kind !== bracket && lexer.kind !== ',') throw this.#unexpected(`',' or '${bracket}'`);
    const closed = lexer.kind === bracket;
    lexer.next();
    return closed;
  }

  /**
   * Takes a documentation comment. When it cannot be parsed, the lines before the error are kept, for they may contain
   * an earlier one.
   */
  #doc(): void {
    const lexer = this.#lexer;
    const position = lexer.position();
    if (!this.#isFence()) throw this.#docError("junk after '##' at the start of a documentation comment");
    const lines: DocLine[] = [];
    try {
      this.#docLines(lines);
    } catch (error) {
      this.#items.push({ kind: 'doc', lines, position });
      throw error;
    }
    const item: DocComment = { kind: 'doc', lines, position, end: lexer.position() };
    this.#items.push(item);
    lexer.next();
  }

  #docLines(lines: DocLine[]): void {
    const lexer = this.#lexer;
    for (;;) {
      lexer.next(true);
      if (!this.#at('comment')) throw this.#docError("a documentation comment must end with '##'");
      const text = lexer.text;
      if (text.startsWith('##')) {
        if (!this.#isFence()) throw this.#docError("junk after '##' at the end of a documentation comment");
        return;
      }
      if (text !== '#' && text[1] !== ' ') throw this.#docError('missing space after #');
      lines.push({ text: text.slice(2), position: lexer.position() });
    }
  }

  #isFence(): boolean {
    return this.#lexer.text === '##';
  }

  #docError(message: string): ParseError {
    return new ParseError('bad-doc-comment', message, this.#lexer.position());
  }
}
