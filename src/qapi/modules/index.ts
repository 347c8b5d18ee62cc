/**
 * Reads a root file and everything that it includes: all definitions in order with their documentation, and the
 * pragmas.
 */
import { resolve } from 'node:path';
import type { DocComment, Expression, Item, ObjectNode } from '../parse/ast.js';
import { parseDoc } from '../doc/parser.js';
import type { DocBlock } from '../doc/block.js';
import type { ErrorList } from '../model/error.js';
import type { QapiErrorCode } from '../model/error.js';
import type { ParseError } from '../parse/lexer.js';
import { parseModule } from '../parse/parser.js';
import { noPragmas, readPragma } from './pragma.js';
import type { Pragmas } from './pragma.js';
import type { ReleaseRules, Releases } from '../model/release.js';
import { startOf } from '../model/position.js';
import { includedPath, readText } from '../parse/source.js';
import type { Position } from '../model/position.js';
import type { ReadFile } from '../parse/source.js';

/** Includes nest at most this deep. */
const INCLUDE_DEPTH = 2000;
const MODULE_LIMIT = 10_000;
/** The releases that know pragmas; in others they are unknown expressions. */
const PRAGMAS: Releases = { since: '2.9' };

/** An expression that defines something, as it was parsed. */
export interface RawDefinition {
  readonly node: ObjectNode;
  readonly doc?: DocBlock;
}

/** All modules of a schema, parsed. */
export interface Modules {
  readonly root: string;
  /** The files, in order of first inclusion, the root first. */
  readonly files: readonly string[];
  readonly definitions: readonly RawDefinition[];
  /** All documentation comments, in order, also those that document nothing. */
  readonly docs: readonly DocBlock[];
  /** The pragmas at the end: QEMU, too, applies them after the last module is parsed. */
  readonly pragmas: Pragmas;
  /** Whether some text is missing, because a file could not be read or parsed to its end. */
  readonly incomplete: boolean;
}

/**
 * Reads a schema and all that it includes, each file once.
 *
 * @param root the root module's path
 * @param readFile reads a module
 * @param rules the rules that hold
 * @param errors where errors go
 */
export function loadModules(
  root: string,
  readFile: ReadFile,
  rules: ReleaseRules,
  errors: ErrorList,
): Modules {
  const loader = new ModuleLoader(readFile, rules, errors);
  loader.load(root);
  const { files, definitions, docs, pragmas, incomplete } = loader;
  return { root, files, definitions, docs, pragmas, incomplete };
}

/** A module whose items are being taken. */
interface OpenModule {
  readonly file: string;
  /** The absolute path, which identifies the file. */
  readonly path: string;
  readonly items: readonly Item[];
  readonly error: ParseError | undefined;
  next: number;
  /** Documentation for the next expression. */
  doc: DocBlock | undefined;
}

class ModuleLoader {
  readonly files: string[] = [];
  readonly definitions: RawDefinition[] = [];
  readonly docs: DocBlock[] = [];
  readonly pragmas: Pragmas = noPragmas();
  incomplete = false;
  readonly #loaded = new Set<string>();
  /** The modules being read, from the root down. A list, because includes may nest deeper than the call stack. */
  readonly #open: OpenModule[] = [];
  readonly #readFile: ReadFile;
  readonly #rules: ReleaseRules;
  readonly #errors: ErrorList;

  constructor(readFile: ReadFile, rules: ReleaseRules, errors: ErrorList) {
    this.#readFile = readFile;
    this.#rules = rules;
    this.#errors = errors;
  }

  load(root: string): void {
    this.#enter(root, undefined);
    for (let module = this.#open.at(-1); module !== undefined; module = this.#open.at(-1)) {
      const item = module.items[module.next++];
      if (item === undefined) this.#leave(module);
      else if (item.kind === 'expression') this.#expression(item, module);
      else this.#doc(item, module);
    }
  }

  #enter(file: string, includedFrom: Position | undefined): void {
    const path = resolve(file);
    this.#loaded.add(path);
    this.files.push(file);
    const text = readText(this.#readFile, file);
    if (typeof text !== 'string') {
      this.#fail(text.code, `${file} ${text.reason}`, includedFrom ?? startOf(file));
      return;
    }
    const { items, error } = parseModule(text, file, includedFrom, this.#rules);
    this.#open.push({ file, path, items, error, next: 0, doc: undefined });
  }

  #leave({ error, doc }: OpenModule): void {
    this.#open.pop();
    if (error === undefined) {
      this.#rejectStray(doc);
      return;
    }
    const { code, message, position, hint } = error;
    this.incomplete = true;
    this.#errors.add({ code, message, position, ...(hint !== undefined && { hint }) });
  }

  #doc(comment: DocComment, module: OpenModule): void {
    this.#rejectStray(module.doc);
    module.doc = parseDoc(comment, this.#rules, this.#errors);
    this.docs.push(module.doc);
  }

  #expression({ node }: Expression, module: OpenModule): void {
    const { doc } = module;
    module.doc = undefined;
    const { entries } = node;
    const directive =
      entries.get('include') ?? (this.#rules.allows(PRAGMAS) ? entries.get('pragma') : undefined);
    if (directive === undefined) {
      if (doc?.isSound === true && doc.symbol === undefined) {
        const message = 'a definition needs documentation that names it, this comment is free-form';
        this.#errors.add({ code: 'misplaced-doc', message, position: doc.position });
      }
      this.definitions.push({ node, ...(doc?.symbol !== undefined && { doc }) });
      return;
    }
    this.#rejectStray(doc);
    const { key, value } = directive;
    if (entries.size !== 1) {
      this.#fail('bad-directive', `invalid '${key}' directive: it may have no other keys`, node.position);
    } else if (key === 'pragma') {
      readPragma(value, this.pragmas, this.#rules, this.#errors, node.position);
    } else if (value.kind === 'string') {
      this.#include(value.value, module.file, node.position);
    } else {
      this.#fail('bad-directive', "the value of 'include' must be a string", value.position, node.position);
    }
  }

  #include(include: string, from: string, position: Position): void {
    const file = includedPath(from, include);
    const path = resolve(file);
    const start = this.#loaded.has(path) ? this.#open.findIndex((module) => module.path === path) : -1;
    if (start >= 0) {
      const loop = [...this.#open.slice(start).map((module) => module.file), file].join(' → ');
      this.#fail('include-cycle', `inclusion loop: ${loop}`, position);
    } else if (this.#loaded.has(path)) {
      return;
    } else if (this.#open.length > INCLUDE_DEPTH) {
      this.#fail('include-depth', `includes nest deeper than ${INCLUDE_DEPTH} files`, position);
    } else if (this.files.length >= MODULE_LIMIT) {
      this.#fail('too-many-modules', `the schema has more than ${MODULE_LIMIT} modules`, position);
    } else {
      this.#enter(file, position);
    }
  }

  #rejectStray(doc: DocBlock | undefined): void {
    if (doc?.symbol === undefined || !doc.isSound) return;
    const message = `documentation for '${doc.symbol}' is not followed by the definition`;
    this.#errors.add({ code: 'misplaced-doc', message, position: doc.position });
  }

  #fail(code: QapiErrorCode, message: string, position: Position, anchor?: Position): void {
    this.incomplete = true;
    this.#errors.add({ code, message, position, ...(anchor !== undefined && { anchor }) });
  }
}
