/**
 * The systematic valid cases of a point.
 */
import { isObject, jsonObject, type Json } from '../../json/index.js';
import { selectedParts } from '../../judge/index.js';
import { ANY_INTEGER, jsonTypeOf, type BuiltinType, type ObjectType } from '../../qapi/index.js';
import { typeClass, type CaseTemplate, type ValidOperator } from './case.js';
import { integer, integers, numbers, shapes, strings } from '../values/interesting.js';
import type { Minimal } from '../values/minimal.js';
import type { InjectionPoint } from '../values/injection-point.js';

/**
 * The valid cases of a point. Of a point visited again, deeper, one case an operator is enough: the same type is read
 * there.
 */
export function* validCases(point: InjectionPoint, minimal: Minimal): Generator<CaseTemplate> {
  const template = (
    operator: ValidOperator,
    variant: string,
    make: () => Json | undefined,
  ): CaseTemplate => ({
    operator,
    variant,
    path: point.path,
    label: point.label,
    names: point.names,
    depth: point.depth,
    due: typeClass(point.type),
    make,
  });
  const whole = (): Json => point.replaceWith(point.sample);
  const { kind, type } = point;
  switch (kind.is) {
    case 'arguments':
      if (type.kind === 'object' && Object.keys(minimal.object(type)).length === 0) {
        yield template('no-arguments', '', () => undefined);
      } else yield template('mandatory-only', '', whole);
      break;
    case 'member':
      if (kind.member.optional) yield template('optional-alone', '', whole);
      break;
    case 'branch':
      yield template('branch', '', whole);
      break;
    case 'alternative':
      yield template('alternative', '', whole);
      break;
    case 'element':
      break;
  }
  if (
    type.kind === 'object' &&
    (kind.is === 'arguments' || kind.is === 'branch' || type.variants === undefined)
  ) {
    const all = withOptionals(type, point.sample, minimal);
    if (all !== undefined) yield template('all-members', '', () => point.replaceWith(all));
  }
  // The values of a discriminator are branches.
  if (kind.is === 'member' && kind.discriminator) return;
  const others = [...otherValues(point, minimal)];
  for (const { operator, variant, value } of point.revisited ? others.slice(0, 1) : others) {
    yield template(operator, variant, () => point.replaceWith(value));
  }
}

interface OtherValue {
  readonly operator: ValidOperator;
  readonly variant: string;
  readonly value: Json;
}

/** Values other than the sample that the point's type takes. */
function* otherValues({ type }: InjectionPoint, minimal: Minimal): Generator<OtherValue> {
  switch (type.kind) {
    case 'builtin':
      yield* otherScalars(type);
      break;
    case 'enum':
      for (const { name } of type.values) yield { operator: 'enum-value', variant: name, value: name };
      break;
    case 'array': {
      yield { operator: 'array-length', variant: 'empty', value: [] };
      if (!minimal.possible(type.element)) break;
      const element = minimal.value(type.element);
      yield { operator: 'array-length', variant: 'one', value: [element] };
      yield { operator: 'array-length', variant: 'three', value: [element, element, element] };
      break;
    }
    case 'alternate':
    case 'object':
      break;
  }
}

function* otherScalars(type: BuiltinType): Generator<OtherValue> {
  const other = (variant: string, value: Json): OtherValue => ({ operator: 'other-value', variant, value });
  switch (jsonTypeOf(type)) {
    case 'string':
      for (const { name, value } of strings) yield { operator: 'string', variant: name, value };
      break;
    case 'boolean':
      yield other('true', true);
      break;
    case 'null':
      break;
    case 'value':
      for (const { name, value } of shapes) yield other(name, value);
      break;
    case 'number':
      for (const { name, value } of numbers) yield other(name, value);
      break;
    default:
      for (const { name, value } of boundaries(type)) {
        yield { operator: 'boundary', variant: name, value: integer(value) };
      }
  }
}

/** The interesting integers that a type takes, its own bounds among them. */
export function boundaries({ range }: BuiltinType): { readonly name: string; readonly value: bigint }[] {
  const { min, max } = range ?? ANY_INTEGER;
  const listed = integers.filter(({ value }) => value >= min && value <= max);
  const known = new Set(listed.map(({ value }) => value));
  const own = [
    { name: 'min', value: min },
    { name: 'max', value: max },
  ].filter(({ value }) => !known.has(value));
  return [...own, ...listed];
}

/** The sample with every optional member of its parts; undefined when it has them all. */
function withOptionals(type: ObjectType, sample: Json, minimal: Minimal): Json | undefined {
  if (!isObject(sample)) return undefined;
  const object = jsonObject(Object.entries(sample));
  let added = false;
  for (const part of selectedParts(type, object)) {
    for (const { name, type: memberType, optional } of part.members) {
      if (!optional || Object.hasOwn(object, name) || !minimal.possible(memberType)) continue;
      // The value of an optional discriminator would ask for a branch.
      if (part.variants?.tag.name === name) continue;
      object[name] = minimal.value(memberType);
      added = true;
    }
  }
  return added ? object : undefined;
}
