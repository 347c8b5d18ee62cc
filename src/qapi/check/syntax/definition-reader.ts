/**
 * Syntax of definitions: turns an expression into a {@link Definition} when it has the keys and the kinds of values
 * that a definition of its meta-type has, and reports errors otherwise. References to other definitions stay names.
 */
import type { Entry, Node, ObjectNode } from '../../parse/ast.js';
import type { Condition } from '../../model/condition.js';
import type { ErrorList, Hint, QapiErrorCode } from '../../model/error.js';
import type { RawDefinition } from '../../modules/index.js';
import type { Pragmas } from '../../modules/pragma.js';
import type { ReleaseRules, Releases } from '../../model/release.js';
import type { Position } from '../../model/position.js';
import { didYouMean } from '../../../did-you-mean.js';
import { checkDoc } from './doc.js';
import { readCondition } from './condition.js';
import type {
  BranchDefinition,
  Definition,
  FeatureDefinition,
  MemberDefinition,
  Meta,
  OwnParts,
  ValueDefinition,
} from '../definition/index.js';
import type { KeyRules } from './keys.js';
import { branchKeys, definitionKeys, featureKeys, flagValues, memberKeys, metas, valueKeys } from './keys.js';
import { checkKeys } from './check-keys.js';
import type { NameChecker, NameRole } from './names.js';
import type { Reporter } from './reporter.js';
import { readString, readTypeName, readTypeOrArray } from './type-reference.js';

/** The rules by which definitions are read, and where errors go. */
export interface SyntaxContext {
  readonly pragmas: Pragmas;
  readonly rules: ReleaseRules;
  readonly names: NameChecker;
  readonly errors: ErrorList;
}

/** The result of reading an expression. */
export interface ReadDefinition {
  /** The name that the expression defines; absent when the expression does not say. */
  readonly name?: string;
  /** Absent when there was a syntax error. */
  readonly definition?: Definition;
}

/** A member or branch: a key and the parts of its value. */
interface TypedEntry {
  readonly entry: Entry;
  readonly type: Node | undefined;
  readonly features: Entry | undefined;
  readonly condition: Condition | undefined;
  /** Names the entry in messages. */
  readonly source: string;
}

/** Alternates may tell an array from something else. */
const ARRAY_ALTERNATIVES: Releases = { since: '7.0' };
/** The releases that require a base to have members. */
const BASE_FILLED: Releases = { until: '6.2' };
/** The releases that accept arrays where there is no base, and report the missing discriminator later. */
const ARRAYS_WITHOUT_BASE: Releases = { until: '8.1' };
/** Elements may be objects, which can have conditions. */
const LONG_FORMS: Releases = { since: '4.0' };

function isEmpty(node: Node): boolean {
  switch (node.kind) {
    case 'object':
      return node.entries.size === 0;
    case 'array':
      return node.elements.length === 0;
    case 'string':
      return node.value === '';
    case 'boolean':
      return !node.value;
  }
}

/** Shared by all elements without features, which are most. */
const NO_FEATURES: readonly FeatureDefinition[] = [];

/** Reads an expression as a definition. Errors go to the list of the context. */
export function readDefinition(raw: RawDefinition, context: SyntaxContext): ReadDefinition {
  return new DefinitionReader(raw, context).read();
}

class DefinitionReader implements Reporter {
  readonly #raw: RawDefinition;
  readonly #context: SyntaxContext;
  #isSound = true;
  #meta: Meta = 'struct';
  #name = '';

  constructor(raw: RawDefinition, context: SyntaxContext) {
    this.#raw = raw;
    this.#context = context;
  }

  get rules(): ReleaseRules {
    return this.#context.rules;
  }

  error(code: QapiErrorCode, message: string, position: Position, hint?: Hint): void {
    this.#isSound = false;
    this.recoverableError(code, message, position, hint);
  }

  recoverableError(
    code: QapiErrorCode,
    message: string,
    position: Position,
    hint?: Hint,
    anchor?: Position,
  ): void {
    const start = this.#raw.node.position;
    const location =
      this.#name === ''
        ? { anchor: start }
        : { ...(anchor && { anchor }), definition: { meta: this.#meta, name: this.#name, position: start } };
    this.#context.errors.add({ code, message, position, ...location }, hint);
  }

  read(): ReadDefinition {
    const { node, doc } = this.#raw;
    const { pragmas } = this.#context;
    const named = metas.filter((meta) => node.entries.has(meta));
    const [meta] = named;
    if (meta === undefined || named.length > 1) {
      const message = `an expression must have exactly one of the keys ${metas.map((key) => `'${key}'`).join(', ')}`;
      const [key = ''] = node.entries.keys();
      this.error('bad-expression', message, node.position, () =>
        meta === undefined ? didYouMean(key, metas) : undefined,
      );
      return {};
    }
    this.#meta = meta;
    const nameEntry = node.entries.get(meta);
    if (nameEntry?.value.kind !== 'string') {
      this.error(
        'wrong-value',
        `'${meta}' must be a string, the name`,
        nameEntry?.value.position ?? node.position,
      );
      return {};
    }
    const { value: name, position: namePosition } = nameEntry.value;
    this.#name = name;
    const what = `${meta} '${name}'`;
    this.#checkName(name, meta === 'command' || meta === 'event' ? meta : 'type', what, namePosition);
    checkDoc(this, this.#raw, meta, name, pragmas);
    checkKeys(this, node, definitionKeys[meta], what);
    const condition = this.#condition(node, what);
    const features = this.#features(node.entries.get('features'));
    const { position } = node;
    const common = { name, condition, features, doc, position, namePosition, isImplicit: false };
    const definition: Definition = { ...common, ...this.#parts(meta, node) };
    return this.#isSound ? { name, definition } : { name };
  }

  #parts(meta: Meta, node: ObjectNode): OwnParts {
    const { entries } = node;
    const data = entries.get('data')?.value;
    switch (meta) {
      case 'enum': {
        const prefix = readString(this, entries.get('prefix'))?.value;
        return { meta, values: this.#values(data), prefix };
      }
      case 'struct': {
        const base = readTypeName(this, entries.get('base')?.value, "'base'");
        return { meta, members: this.#members(data, "'data'", this.#name), base };
      }
      case 'union':
        return { meta, members: [], ...this.#union(node) };
      case 'alternate':
        return {
          meta,
          alternatives: this.#branches(data, 'alternative', this.rules.allows(ARRAY_ALTERNATIVES)),
        };
      case 'command': {
        const returns = readTypeOrArray(this, entries.get('returns')?.value, "'returns'");
        const flags = this.#flags(node);
        return { meta, flags, data: this.#arguments(data, flags, node), returns };
      }
      case 'event': {
        const flags = this.#flags(node);
        return { meta, flags, data: this.#arguments(data, flags, node) };
      }
    }
  }

  #union({ entries }: ObjectNode) {
    const baseNode = entries.get('base')?.value;
    const discriminator = readString(this, entries.get('discriminator'));
    if (discriminator === undefined && baseNode !== undefined && !entries.has('discriminator')) {
      this.error('missing-key', "'base' requires 'discriminator'", baseNode.position);
    }
    const isEmptyBase = baseNode === undefined || isEmpty(baseNode);
    if (
      discriminator !== undefined &&
      isEmptyBase &&
      (baseNode === undefined || this.rules.enforces(BASE_FILLED))
    ) {
      this.error('missing-key', "'discriminator' requires 'base'", discriminator.position);
    }
    const base = this.#typeOrMembers(baseNode, "'base'", this.#name);
    const role = entries.has('discriminator') ? 'union-branch' : 'simple-branch';
    const allowsArray = role === 'simple-branch' || (isEmptyBase && this.rules.enforces(ARRAYS_WITHOUT_BASE));
    const branches = this.#branches(entries.get('data')?.value, role, allowsArray);
    const tag = discriminator && { name: discriminator.value, position: discriminator.position };
    return { branches, base, discriminator: tag };
  }

  #arguments(data: Node | undefined, flags: ReadonlyMap<string, boolean>, node: ObjectNode) {
    if (flags.get('boxed') !== true) {
      return this.#typeOrMembers(data, "'data'", undefined);
    }
    if (data === undefined) {
      this.error('missing-key', "'boxed': true requires 'data'", node.position);
      return undefined;
    }
    return readTypeName(this, data, "'data'");
  }

  #flags({ entries, position }: ObjectNode): ReadonlyMap<string, boolean> {
    const flags = new Map<string, boolean>();
    for (const [key, only] of flagValues) {
      const value = entries.get(key)?.value;
      if (value === undefined) continue;
      if (value.kind === 'boolean' && value.value === only) flags.set(key, only);
      else this.error('wrong-value', `the flag '${key}' may only be ${only}`, value.position);
    }
    if (flags.has('allow-oob') && flags.has('coroutine')) {
      const message = "the flags 'allow-oob' and 'coroutine' exclude each other";
      this.error('conflicting-flags', message, entries.get('coroutine')?.position ?? position);
    }
    return flags;
  }

  #values(data: Node | undefined): ValueDefinition[] {
    const values: ValueDefinition[] = [];
    for (const element of this.#list(data, "'data'")) {
      const named = this.#named(element, "'data' member", valueKeys);
      if (named === undefined) continue;
      const { name, condition, position } = named;
      this.#checkName(name, 'value', `'data' member '${name}'`, position, this.#name);
      const features = this.#features(
        element.kind === 'object' ? element.entries.get('features') : undefined,
      );
      values.push({ name, condition, features, position });
    }
    return values;
  }

  #features(entry: Entry | undefined): readonly FeatureDefinition[] {
    if (entry === undefined) return NO_FEATURES;
    return this.#list(entry.value, "'features'").flatMap((element) => {
      const named = this.#named(element, "'features' member", featureKeys);
      if (named === undefined) return [];
      this.#checkName(named.name, 'feature', `'features' member '${named.name}'`, named.position);
      return [named];
    });
  }

  #list(node: Node | undefined, what: string): readonly Node[] {
    if (node === undefined) return [];
    if (node.kind === 'array') return node.elements;
    this.error('wrong-value', `${what} must be an array`, node.position);
    return [];
  }

  /** A name, alone or as `{'name': …, 'if': …}`. */
  #named(node: Node, what: string, keys: KeyRules): FeatureDefinition | undefined {
    if (node.kind === 'string') return { name: node.value, condition: undefined, position: node.position };
    if (node.kind !== 'object' || !this.rules.allows(LONG_FORMS)) {
      this.error('wrong-value', `${what} requires a string name`, node.position);
      return undefined;
    }
    checkKeys(this, node, keys, what);
    const name = readString(this, node.entries.get('name'), what);
    const condition = this.#condition(node, what);
    return name && { name: name.value, condition, position: name.position };
  }

  #members(node: Node | undefined, what: string, owner: string | undefined): MemberDefinition[] {
    const members: MemberDefinition[] = [];
    for (const { entry, type, features: list, condition, source } of this.#typed(node, what, memberKeys)) {
      const { key, position } = entry;
      const optional = key.startsWith('*');
      const name = optional ? key.slice(1) : key;
      this.#checkName(name, optional ? 'optional-member' : 'member', source, position, owner);
      const reference = readTypeOrArray(this, type, source);
      const features = this.#features(list);
      if (reference) members.push({ name, condition, features, position, type: reference, optional });
    }
    return members;
  }

  #branches(
    node: Node | undefined,
    role: 'alternative' | 'union-branch' | 'simple-branch',
    allowsArray: boolean,
  ): BranchDefinition[] {
    if (role === 'alternative' && node !== undefined && isEmpty(node)) {
      this.error('no-branches', "'data' must not be empty", node.position);
    }
    return this.#typed(node, "'data'", branchKeys).flatMap(({ entry, type, condition, source }) => {
      this.#checkName(entry.key, role, source, entry.position);
      if (role === 'alternative' && !allowsArray && type?.kind === 'array') {
        this.error('bad-branch', `${source} cannot be an array`, type.elements[0]?.position ?? type.position);
        return [];
      }
      const reference = allowsArray ? readTypeOrArray(this, type, source) : readTypeName(this, type, source);
      return reference ? [{ name: entry.key, condition, type: reference, position: entry.position }] : [];
    });
  }

  /** The entries of an object whose values are types, alone or as `{'type': …, 'if': …}`. */
  #typed(node: Node | undefined, what: string, keys: KeyRules): TypedEntry[] {
    if (node === undefined) return [];
    if (node.kind !== 'object') {
      this.error('wrong-value', `${what} must be an object`, node.position);
      return [];
    }
    return [...node.entries.values()].map((entry) => {
      const { key, value } = entry;
      const source = `${what} member '${key}'`;
      if (value.kind !== 'object' || !this.rules.allows(LONG_FORMS))
        return { entry, type: value, features: undefined, condition: undefined, source };
      checkKeys(this, value, keys, source);
      const condition = this.#condition(value, source);
      const type = value.entries.get('type')?.value;
      const features = value.entries.get('features');
      return { entry, type, features, condition, source };
    });
  }

  #typeOrMembers(node: Node | undefined, what: string, owner: string | undefined) {
    if (node === undefined) return undefined;
    if (node.kind === 'string') return readTypeName(this, node, what);
    if (node.kind === 'object') return this.#members(node, what, owner);
    this.error('wrong-value', `${what} should be an object or type name`, node.position);
    return undefined;
  }

  #condition(node: ObjectNode, what: string): Condition | undefined {
    const entry = node.entries.get('if');
    return entry && readCondition(this, entry.value, what);
  }

  #checkName(name: string, role: NameRole, what: string, position: Position, owner?: string): void {
    const violation = this.#context.names.check(name, role, owner);
    if (violation !== undefined)
      this.error(violation.code, `the name of ${what} ${violation.message}`, position);
  }
}
