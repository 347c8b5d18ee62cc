/**
 * The systematic invalid cases of a point: each has exactly one mutation.
 */
import { isObject, jsonObject, type Json, type JsonObject, type JsonType } from '../../json/index.js';
import { alternativeFor, selectedParts, type ProblemKind } from '../../judge/index.js';
import { acceptedRange, isInteger, jsonTypeOf, jsonTypesTaken } from '../../qapi/index.js';
import type { AlternateType, BuiltinType, EnumType, Member, ObjectType, Type } from '../../qapi/index.js';
import { typeClass, type CaseTemplate, type Mutation, type InvalidOperator } from './case.js';
import {
  beyond64Bits,
  disguises,
  fractions,
  integer,
  LONG,
  notations,
  PLAIN,
  shapes,
  type Named,
} from '../values/interesting.js';
import type { Minimal } from '../values/minimal.js';
import {
  withMember,
  type InjectionPoint,
  type InjectionPointKind,
  type UnionPart,
} from '../values/injection-point.js';

/** One mutation of what stands at a point, before it is a template. */
interface Mutant {
  readonly operator: InvalidOperator;
  readonly variant: string;
  readonly kind: ProblemKind;
  /** Where the problem is; the point itself when left out. */
  readonly at?: string;
  readonly several?: boolean;
  readonly make: () => Json;
}

/**
 * The invalid cases of a point. Of a point visited again, deeper, one case an operator is enough: the same type is read
 * there.
 */
export function* invalidCases(point: InjectionPoint, minimal: Minimal): Generator<CaseTemplate> {
  const seen = new Set<InvalidOperator>();
  for (const mutant of mutantsOf(point, minimal)) {
    if (point.revisited && seen.has(mutant.operator)) continue;
    seen.add(mutant.operator);
    yield templateOf(point, mutant);
  }
}

/** One of all mutations at a point, chosen by `way`; undefined when there is none. */
export function invalidCase(
  point: InjectionPoint,
  minimal: Minimal,
  way: number,
): InvalidTemplate | undefined {
  const ways = [...mutantsOf(point, minimal)];
  const mutant = ways[way % Math.max(1, ways.length)];
  return mutant === undefined ? undefined : templateOf(point, mutant);
}

interface InvalidTemplate extends CaseTemplate {
  readonly operator: InvalidOperator;
  readonly mutation: Mutation;
  readonly make: () => Json;
}

function templateOf(
  point: InjectionPoint,
  { operator, variant, kind, at, several, make }: Mutant,
): InvalidTemplate {
  const { path, label, names, depth, type } = point;
  const mutation: Mutation = { kind, at: at ?? path, ...(several === undefined ? {} : { several }) };
  return { operator, variant, path, label, names, depth, due: typeClass(type), mutation, make };
}

function* mutantsOf(point: InjectionPoint, minimal: Minimal): Generator<Mutant> {
  const { kind, type } = point;
  switch (kind.is) {
    case 'arguments':
      yield* memberMutants(point, minimal);
      break;
    case 'branch':
      if (type.kind === 'object') yield* branchMutants(point, type, kind.tag, kind.value.name);
      break;
    case 'member':
      if (!kind.member.optional) yield missingMember(point, kind);
      if (kind.discriminator) yield* discriminatorMutants(point, kind, minimal);
      else yield* valueMutants(point, type, minimal);
      break;
    case 'element':
      yield* valueMutants(point, type, minimal);
      break;
    case 'alternative':
      // The branch is selected by the JSON type, so another JSON type is no mutation of this branch.
      yield* innerMutants(point, type, minimal);
      break;
  }
}

/** A mandatory member that is not there. */
function missingMember(
  point: InjectionPoint,
  kind: Extract<InjectionPointKind, { readonly is: 'member' }>,
): Mutant {
  const operator = kind.discriminator
    ? 'discriminator-missing'
    : kind.inBranch
      ? 'branch-member-missing'
      : 'member-missing';
  return {
    operator,
    variant: '',
    kind: 'missing-member',
    make: () => point.replaceWith(undefined),
    // Without its discriminator a union has no branch, and what belongs to one is unknown.
    ...(kind.union === undefined ? {} : { several: true, at: kind.union.position.path }),
  };
}

/** Mutations to another JSON type, and those of the value itself. */
function* valueMutants(point: InjectionPoint, type: Type, minimal: Minimal): Generator<Mutant> {
  if (type.kind === 'builtin' && type.name === 'any') return;
  if (type.kind === 'alternate') {
    yield* alternateMutants(point, type);
    return;
  }
  yield* typeMutants(point, type);
  yield* innerMutants(point, type, minimal);
}

/** Mutations which keep the JSON type. */
function* innerMutants(point: InjectionPoint, type: Type, minimal: Minimal): Generator<Mutant> {
  switch (type.kind) {
    case 'builtin':
      if (type.range !== undefined) yield* integerMutants(point, type);
      break;
    case 'enum':
      yield* unlistedValues(point, type, {
        missed: 'enum-near-miss',
        case: 'enum-case',
        empty: 'enum-empty',
        long: 'enum-long',
      });
      break;
    case 'array':
      yield* elementMutants(point, type.element, minimal);
      break;
    case 'object':
      yield* memberMutants(point, minimal);
      break;
    case 'alternate':
      break;
  }
}

/** The JSON types that a type takes; integers and doubles apart. */
function takes(type: Exclude<Type, AlternateType>): readonly JsonType[] {
  switch (type.kind) {
    case 'enum':
      return ['string'];
    case 'array':
      return ['array'];
    case 'object':
      return ['object'];
    case 'builtin':
      // Doubles for integers have operators of their own: that 1.0 is no integer is not as obvious.
      return isInteger(type) ? ['integer', 'double'] : jsonTypesTaken(type);
  }
}

function* typeMutants(point: InjectionPoint, type: Exclude<Type, AlternateType>): Generator<Mutant> {
  const taken = takes(type);
  const mutant = (operator: InvalidOperator, { name, value }: Named): Mutant => ({
    operator,
    variant: name,
    kind: 'wrong-type',
    make: () => point.replaceWith(value),
  });
  for (const shape of shapes) {
    if (taken.includes(shape.name as JsonType)) continue;
    yield mutant(shape.value === null ? 'null-for-value' : 'wrong-type', shape);
  }
  for (const disguise of disguisesOf(type)) yield mutant('wrong-type', disguise);
  if (type.kind === 'array') {
    const element = sampleElement(type.element);
    if (element !== undefined && !Array.isArray(element)) {
      yield mutant('scalar-for-array', { name: 'element', value: element });
    }
  } else {
    yield mutant('array-for-scalar', { name: 'of-one', value: [point.sample] });
  }
}

function disguisesOf(type: Type): readonly Named[] {
  if (type.kind !== 'builtin') return [];
  switch (jsonTypeOf(type)) {
    case 'boolean':
      return disguises.boolean;
    case 'number':
      return disguises.number;
    case 'int':
      return disguises.integer;
    default:
      return [];
  }
}

/** A plain value of an element type, for where an array of it is due; undefined where it could be taken for the array. */
function sampleElement(element: Type): Json | undefined {
  switch (element.kind) {
    case 'array':
    case 'alternate':
      return undefined;
    case 'builtin':
      if (element.name === 'null' || element.name === 'any') return undefined;
      return element.name === 'bool' ? true : simpleValue(element);
    case 'enum':
    case 'object':
      return simpleValue(element);
  }
}

function* integerMutants(point: InjectionPoint, type: BuiltinType): Generator<Mutant> {
  const mutant = (operator: InvalidOperator, variant: string, kind: ProblemKind, value: Json): Mutant => ({
    operator,
    variant,
    kind,
    make: () => point.replaceWith(value),
  });
  const { range } = type;
  if (range?.exact === true) {
    const { min, max } = range;
    const [above, below] = [max + 1n, min - 1n];
    if (beyond64Bits.every(({ value }) => value !== above)) {
      yield mutant('integer-range', 'above', 'out-of-range', integer(above));
    }
    if (acceptedRange(type)?.min === min && beyond64Bits.every(({ value }) => value !== below)) {
      yield mutant('integer-range', 'below', 'out-of-range', integer(below));
    }
  }
  // Beyond 64 bits a number is read as a double.
  for (const { name: variant, value } of beyond64Bits) {
    yield mutant('integer-beyond-64-bits', variant, 'out-of-range', value);
  }
  for (const { name: variant, value } of fractions)
    yield mutant('integer-fraction', variant, 'wrong-type', value);
  for (const { name: variant, value } of notations)
    yield mutant('integer-notation', variant, 'wrong-type', value);
}

type EnumOperators = Readonly<Partial<Record<'missed' | 'case' | 'empty' | 'long', InvalidOperator>>>;

function* unlistedValues(point: InjectionPoint, type: EnumType, operators: EnumOperators): Generator<Mutant> {
  const listed = new Set(type.values.map(({ name }) => name));
  const usual = type.values.find(({ condition }) => condition === undefined)?.name ?? '';
  const candidates: readonly [InvalidOperator | undefined, string, string][] = [
    [operators.missed, 'longer', `${usual}x`],
    [operators.missed, 'shorter', usual.slice(0, -1)],
    [operators.missed, 'space', `${usual} `],
    [operators.case, 'other', swapCase(usual)],
    [operators.empty, 'empty', ''],
    [operators.long, 'long', LONG],
  ];
  for (const [operator, variant, value] of candidates) {
    if (operator === undefined || listed.has(value)) continue;
    if (value === '' && operator !== operators.empty) continue;
    yield { operator, variant, kind: 'unlisted-value', make: () => point.replaceWith(value) };
  }
}

function swapCase(text: string): string {
  const upper = text.toUpperCase();
  return upper === text ? text.toLowerCase() : upper;
}

function* elementMutants(point: InjectionPoint, element: Type, minimal: Minimal): Generator<Mutant> {
  if (!minimal.possible(element)) return;
  const good = minimal.value(element);
  const taken = element.kind === 'alternate' ? undefined : takes(element);
  const bad = shapes.find(({ name, value }) =>
    element.kind === 'alternate'
      ? alternativeFor(element, value) === undefined
      : value !== null && taken?.includes(name as JsonType) === false,
  );
  if (bad === undefined) return;
  const kind = element.kind === 'alternate' ? 'no-alternative' : 'wrong-type';
  yield {
    operator: 'element-first',
    variant: bad.name,
    kind,
    at: `${point.path}[0]`,
    make: () => point.replaceWith([bad.value, good]),
  };
  yield {
    operator: 'element-later',
    variant: bad.name,
    kind,
    at: `${point.path}[2]`,
    make: () => point.replaceWith([good, good, bad.value]),
  };
}

function* alternateMutants(point: InjectionPoint, type: AlternateType): Generator<Mutant> {
  for (const { name, value } of shapes) {
    if (alternativeFor(type, value) !== undefined) continue;
    yield {
      operator: 'alternate-wrong-type',
      variant: name,
      kind: 'no-alternative',
      make: () => point.replaceWith(value),
    };
  }
}

/** Members which the object does not have, beside those which it has. */
function* memberMutants(point: InjectionPoint, minimal: Minimal): Generator<Mutant> {
  const { type, sample } = point;
  if (type.kind !== 'object' || !isObject(sample)) return;
  const parts = selectedParts(type, sample);
  const known = new Set(parts.flatMap(({ members }) => members.map(({ name }) => name)));
  const unknown = (operator: InvalidOperator, name: string, value: Json): Mutant => ({
    operator,
    variant: '',
    kind: 'unknown-member',
    at: join(point.path, name),
    make: () => point.replaceWith(withMember(sample, name, value)),
  });
  // What a hostile server describes may have members of any name.
  if (!known.has(UNKNOWN)) yield unknown('unknown-member', UNKNOWN, 0);
  if (!known.has('__proto__')) yield unknown('unknown-member-proto', '__proto__', {});
  const members = parts.flatMap((part) => part.members);
  const other = members.find((member) => !known.has(swapCase(member.name)) && minimal.possible(member.type));
  if (other !== undefined) {
    yield unknown('unknown-member-case', swapCase(other.name), valueLike(other, sample, minimal));
  }
  const dashed = members.find(
    (member) => member.name.includes('-') && !known.has(underscored(member)) && minimal.possible(member.type),
  );
  if (dashed !== undefined) {
    yield unknown('unknown-member-underscore', underscored(dashed), valueLike(dashed, sample, minimal));
  }
}

function underscored({ name }: Member): string {
  return name.replaceAll('-', '_');
}

function valueLike({ name, type }: Member, sample: JsonObject, minimal: Minimal): Json {
  return sample[name] ?? minimal.value(type);
}

/** Members of another branch than the one that the discriminator selects. */
function* branchMutants(
  point: InjectionPoint,
  type: ObjectType,
  tag: Member,
  value: string,
): Generator<Mutant> {
  const { sample } = point;
  if (!isObject(sample)) return;
  const several = true;
  const parts = selectedParts(type, sample);
  const known = new Set(parts.flatMap(({ members }) => members.map(({ name }) => name)));
  if (!known.has(UNKNOWN)) {
    yield {
      operator: 'unknown-member',
      variant: '',
      kind: 'unknown-member',
      at: join(point.path, UNKNOWN),
      make: () => point.replaceWith(withMember(sample, UNKNOWN, 0)),
    };
  }
  const owner = parts.find(({ variants }) => variants?.tag === tag);
  if (owner?.variants === undefined) return;
  const mandatory =
    owner.variants.branches.get(value)?.type.members.filter(({ optional }) => !optional) ?? [];
  if (mandatory.length > 1) {
    const bare = jsonObject(
      Object.entries(sample).filter(([name]) => mandatory.every((member) => member.name !== name)),
    );
    yield {
      operator: 'branch-member-missing',
      variant: 'all',
      kind: 'missing-member',
      several,
      make: () => point.replaceWith(bare),
    };
  }
  for (const [name, branch] of owner.variants.branches) {
    if (name === value) continue;
    const foreign = branch.type.members.find((member) => !known.has(member.name));
    if (foreign === undefined) continue;
    const placeholder = simpleValue(foreign.type);
    yield {
      operator: 'other-branch-member',
      variant: '',
      kind: 'unknown-member',
      at: join(point.path, foreign.name),
      make: () => point.replaceWith(withMember(sample, foreign.name, placeholder)),
    };
    return;
  }
}

/** Something that a member of the type may hold, as far as that is easily said. */
function simpleValue(type: Type): Json {
  if (type.kind === 'enum') return type.values[0]?.name ?? '';
  if (type.kind === 'array') return [];
  if (type.kind !== 'builtin') return {};
  switch (jsonTypeOf(type)) {
    case 'string':
      return PLAIN;
    case 'boolean':
      return false;
    case 'null':
      return null;
    default:
      return 0;
  }
}

function* discriminatorMutants(
  point: InjectionPoint,
  kind: Extract<InjectionPointKind, { readonly is: 'member' }>,
  minimal: Minimal,
): Generator<Mutant> {
  const { type, sample } = point;
  const { union } = kind;
  if (type.kind !== 'enum' || union === undefined) return;
  // A union with a wrong discriminator has no branch, and what belongs to one is unknown.
  const whole = { several: true, at: union.position.path };
  for (const mutant of unlistedValues(point, type, {
    missed: 'discriminator-unknown',
    case: 'discriminator-unknown',
    empty: 'discriminator-unknown',
    long: 'discriminator-unknown',
  })) {
    yield { ...mutant, ...whole };
  }
  for (const { name, value } of shapes) {
    if (name === 'string') continue;
    const operator = value === null ? 'discriminator-null' : 'discriminator-wrong-type';
    yield { operator, variant: name, kind: 'wrong-type', ...whole, make: () => point.replaceWith(value) };
  }
  yield {
    operator: 'discriminator-wrong-type',
    variant: 'array-of-one',
    kind: 'wrong-type',
    ...whole,
    make: () => point.replaceWith([sample]),
  };
  yield* switchedDiscriminator(union, minimal);
}

/** The discriminator of one branch with the members of another. */
function* switchedDiscriminator(
  { whole, part, tags, position }: UnionPart,
  minimal: Minimal,
): Generator<Mutant> {
  const { variants } = part;
  if (variants?.tag.type.kind !== 'enum') return;
  const values = variants.tag.type.values.map(({ name }) => name);
  const mandatory = (name: string): string[] =>
    (variants.branches.get(name)?.type.members ?? [])
      .filter(({ optional }) => !optional)
      .map((member) => member.name);
  for (const from of values) {
    const branch = variants.branches.get(from);
    if (branch === undefined || mandatory(from).length === 0 || !minimal.possible(branch.type)) continue;
    const to = values.find((name) => {
      const there = variants.branches.get(name)?.type;
      if (name === from || there?.variants !== undefined) return false;
      return mandatory(from).some((wanted) => !hasMember(there, wanted));
    });
    if (to === undefined) continue;
    yield {
      operator: 'discriminator-switched',
      variant: `${from}-to-${to}`,
      kind: 'unknown-member',
      several: true,
      at: position.path,
      make: () => {
        const object = minimal.object(whole, new Map([...tags, [variants.tag, from]]));
        return position.replaceWith(withMember(object, variants.tag.name, to));
      },
    };
    return;
  }
}

function hasMember(type: ObjectType | undefined, name: string): boolean {
  return type?.members.some((member) => member.name === name) === true;
}

/** No schema of a QEMU has a member of this name. */
const UNKNOWN = 'qmpspec';

function join(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
