/**
 * Does a value conform to a type? A walker over the Schema, with exact integers and a path for every problem.
 *
 * It has two uses with slightly different rules. Arguments (`input`) are judged as a real QEMU accepts them;
 * what a server sends (`output`) is judged by what the schema declares, but for downstream members (`__…`), which
 * the specification lets every server add.
 *
 * An element with a condition may exist in the binary or not, which the schema does not tell: its absence is no problem and
 * neither is its presence. Apply the conditions to the Schema first to be exact.
 */
import { isObject, jsonType, member as ownMember, type Json, type JsonObject } from '../json/index.js';
import { acceptedRange, alternateJsonType, jsonTypeOf, jsonTypesTaken } from '../qapi/index.js';
import type {
  AlternateType,
  Alternative,
  BuiltinType,
  Command,
  EnumType,
  Event,
  JsonTypeName,
  Member,
  ObjectType,
  Type,
  Variants,
} from '../qapi/index.js';

export type Direction = 'input' | 'output';

/** What a value may have wrong with it. */
export type ProblemKind =
  'wrong-type' | 'out-of-range' | 'unlisted-value' | 'missing-member' | 'unknown-member' | 'no-alternative';

export interface ValueProblem {
  readonly kind: ProblemKind;
  /** Where in the value: `instances[0].type`; empty for the value itself. */
  readonly path: string;
  readonly message: string;
  /** For a wrong type: what is due, in words such as `an array`. */
  readonly due?: string;
  /** What stands there; absent when nothing does. */
  readonly found?: Json;
  /** The type that is due there; absent for a member that is not declared. */
  readonly type?: Type;
  /** The part that the member plays in a union, if any. */
  readonly role?: MemberRole;
}

/**
 * - `discriminator`: selects the branch
 * - `branch`: belongs to the selected branch
 * - `other-branch`: belongs to a branch that is not selected
 */
export type MemberRole = 'discriminator' | 'branch' | 'other-branch';

/** More than this many problems in one value say nothing new. */
const MAX_PROBLEMS = 20;

/**
 * Judges a value.
 *
 * @param type the declared type; undefined where the schema declares none, which means an empty object
 * @param at the path of the value itself, put in front of every problem's path
 * @returns the problems, at most twenty; none when the value conforms
 */
export function checkValue(
  type: Type | undefined,
  value: Json,
  direction: Direction,
  at = '',
): ValueProblem[] {
  const walk = new Walk(direction);
  if (type === undefined) walk.object(undefined, value, at);
  else walk.value(type, value, at);
  return walk.problems;
}

/** Judges the arguments of a command; absent ones count as an empty object. */
export function checkArguments(command: Command, args: Json | undefined): ValueProblem[] {
  return command.checked ? checkValue(command.arguments, args === undefined ? {} : args, 'input') : [];
}

/** Judges what a command returned. */
export function checkReturn(command: Command, value: Json): ValueProblem[] {
  return checkValue(command.returns, value, 'output', 'return');
}

/** Judges the data of an event; undefined when the event came without. */
export function checkEventData(event: Event, data: Json | undefined): ValueProblem[] {
  return checkValue(event.data, data === undefined ? {} : data, 'output', 'data');
}

/** Names that the specification reserves for downstream; a server may add members so named to any object it sends. */
export function isDownstreamName(name: string): boolean {
  return name.startsWith('__');
}

/** The branch of an alternate that the JSON type of a value selects. */
export function alternativeFor({ alternatives }: AlternateType, value: Json): Alternative | undefined {
  const found = jsonType(value);
  const wanted = found === 'integer' || found === 'double' ? 'number' : found;
  return alternatives.find(({ type }) => {
    const takes = alternateJsonType(type);
    return takes === undefined || takes === wanted;
  });
}

/**
 * The object types whose members a value may have: the type itself, the branch that its discriminator selects, and
 * if that is a union again, its branch.
 */
export function selectedParts(type: ObjectType | undefined, value: JsonObject): ObjectType[] {
  const parts: ObjectType[] = [];
  // Introspection from a hostile server may make a union a branch of itself.
  for (let part = type; part !== undefined && !parts.includes(part);) {
    parts.push(part);
    const variants: Variants | undefined = part.variants;
    const tag = variants === undefined ? undefined : ownMember(value, variants.tag.name);
    part = typeof tag === 'string' ? variants?.branches.get(tag)?.type : undefined;
  }
  return parts;
}

class Walk {
  readonly problems: ValueProblem[] = [];
  readonly #direction: Direction;

  constructor(direction: Direction) {
    this.#direction = direction;
  }

  value(type: Type, value: Json, path: string, role?: MemberRole): void {
    switch (type.kind) {
      case 'builtin':
        this.#builtin(type, value, path, role);
        break;
      case 'enum':
        this.#enum(type, value, path, role);
        break;
      case 'array':
        if (!Array.isArray(value)) this.#wrongType('an array', type, value, path, role);
        else {
          for (const [index, element] of value.entries()) {
            if (this.problems.length >= MAX_PROBLEMS) break;
            this.value(type.element, element, `${path}[${index}]`);
          }
        }
        break;
      case 'alternate':
        this.#alternate(type, value, path, role);
        break;
      case 'object':
        this.object(type, value, path, role);
        break;
    }
  }

  object(type: ObjectType | undefined, value: Json, path: string, role?: MemberRole): void {
    if (!isObject(value)) {
      this.#wrongType('an object', type, value, path, role);
      return;
    }
    const parts = selectedParts(type, value);
    let declared = 0;
    for (const [index, part] of parts.entries()) {
      for (const member of part.members) {
        const isTag = member === part.variants?.tag;
        const role = isTag ? 'discriminator' : index > 0 ? 'branch' : undefined;
        if (this.#member(member, value, path, role)) declared += 1;
      }
    }
    const names = Object.keys(value);
    // Hostile introspection may list a member once more in a branch, where it would be counted twice.
    if (parts.length > 1 || names.length > declared) this.#undeclared(parts, value, names, path);
  }

  #undeclared(parts: readonly ObjectType[], value: JsonObject, names: readonly string[], path: string): void {
    for (const name of names) {
      // No more is looked for than is reported: names may be many, and each is looked up in all branches.
      if (this.problems.length >= MAX_PROBLEMS) break;
      if (parts.some((part) => hasMember(part, name))) continue;
      if (this.#direction === 'output' && isDownstreamName(name)) continue;
      const isElsewhere = parts.some(({ variants }) =>
        [...(variants?.branches.values() ?? [])].some((branch) => hasMember(branch.type, name)),
      );
      const message = isElsewhere
        ? `the member '${clip(name)}' belongs to another branch`
        : `the member '${clip(name)}' is not declared`;
      const found = value[name] as Json;
      const problem = { kind: 'unknown-member', path: join(path, name), message, found } as const;
      this.#add(problem, isElsewhere ? 'other-branch' : undefined);
    }
  }

  /** Is the member there? */
  #member(member: Member, object: JsonObject, path: string, role: MemberRole | undefined): boolean {
    const value = ownMember(object, member.name);
    if (value !== undefined) {
      this.value(member.type, value, join(path, member.name), role);
      return true;
    }
    if (!member.optional && member.condition === undefined) {
      const message = `the member '${member.name}' is missing`;
      const problem = { kind: 'missing-member', path: join(path, member.name), message } as const;
      this.#add({ ...problem, type: member.type }, role);
    }
    return false;
  }

  #enum(type: EnumType, value: Json, path: string, role: MemberRole | undefined): void {
    if (typeof value !== 'string') this.#wrongType('a string', type, value, path, role);
    else if (!type.values.some((listed) => listed.name === value)) {
      const message = `'${clip(value)}' is no value of the enumeration`;
      this.#add({ kind: 'unlisted-value', path, message, found: value, type }, role);
    }
  }

  #alternate(type: AlternateType, value: Json, path: string, role: MemberRole | undefined): void {
    const alternative = alternativeFor(type, value);
    if (alternative !== undefined) this.value(alternative.type, value, path, role);
    else {
      const message = `no branch of the alternate takes ${article(jsonType(value))}`;
      this.#add({ kind: 'no-alternative', path, message, found: value, type }, role);
    }
  }

  #builtin(type: BuiltinType, value: Json, path: string, role: MemberRole | undefined): void {
    if (jsonTypesTaken(type).includes(jsonType(value))) {
      if (typeof value === 'bigint' || typeof value === 'number') this.#integer(type, value, path, role);
    } else this.#wrongType(words[jsonTypeOf(type)], type, value, path, role);
  }

  #integer(type: BuiltinType, value: number | bigint, path: string, role: MemberRole | undefined): void {
    const range = this.#direction === 'input' ? acceptedRange(type) : type.range;
    if (range === undefined) return;
    const { min, max } = range;
    if (value < min || value > max) {
      const message = `${value} is outside the range of ${type.name}, ${min} to ${max}`;
      this.#add({ kind: 'out-of-range', path, message, found: value, type }, role);
    }
  }

  #wrongType(
    due: string,
    type: Type | undefined,
    value: Json,
    path: string,
    role: MemberRole | undefined,
  ): void {
    const message = `${article(jsonType(value))} stands where ${due} is due`;
    const problem = { kind: 'wrong-type', path, message, due, found: value } as const;
    this.#add(type === undefined ? problem : { ...problem, type }, role);
  }

  #add(problem: Omit<ValueProblem, 'role'>, role: MemberRole | undefined): void {
    if (this.problems.length >= MAX_PROBLEMS) return;
    this.problems.push(role === undefined ? problem : { ...problem, role });
  }
}

/** What a message says is due; `any` takes everything, so its words are never needed. */
const words: Readonly<Record<JsonTypeName, string>> = {
  string: 'a string',
  number: 'a number',
  int: 'an integer',
  boolean: 'a boolean',
  null: 'null',
  value: 'any value',
};

function hasMember(type: ObjectType, name: string): boolean {
  return type.members.some((member) => member.name === name);
}

function join(path: string, name: string): string {
  return path === '' ? clip(name) : `${path}.${clip(name)}`;
}

function article(type: ReturnType<typeof jsonType>): string {
  switch (type) {
    case 'null':
      return 'null';
    case 'array':
    case 'object':
    case 'integer':
      return `an ${type}`;
    case 'double':
      return 'a number with a fraction or an exponent';
    default:
      return `a ${type}`;
  }
}

/** Names and values come from the other side and may be of any length. */
function clip(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 77)}...`;
}
