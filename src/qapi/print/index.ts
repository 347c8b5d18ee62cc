/**
 * Schema → text of the schema language, as one module. Reading it again gives the same Schema, but for positions.
 *
 * It is written as releases from 6.2 on read it, except for what they do not have any more: simple unions, and
 * conditions that are preprocessor expressions not made of symbols.
 */
import { qtype } from '../model/builtin.js';
import type { Condition } from '../model/condition.js';
import { printDoc } from './doc.js';
import type {
  AlternateType,
  Command,
  Definition,
  Element,
  EnumType,
  Event,
  Feature,
  Member,
  ObjectType,
  Schema,
  Type,
} from '../model/schema.js';

/** A value as the language writes it. */
type Value = boolean | string | readonly Value[] | { readonly [key: string]: Value | undefined };

/**
 * Writes a schema that comes from files; names that introspection has masked are none of the language.
 *
 * @returns the types, the commands and the events, each in order, with their documentation
 *
 * @public
 */
export function printSchema(schema: Schema): string {
  const types = [...schema.types.values()];
  const implied = new Set(
    types.flatMap((type) => (type.kind === 'object' && isSimpleUnion(type) ? [type.variants?.tag.type] : [])),
  );
  const written = types.flatMap((type) => (implied.has(type) || type === qtype ? [] : typeOf(type)));
  const parts = [
    ...pragmas(schema),
    ...written,
    ...[...schema.commands.values()].map(commandOf),
    ...[...schema.events.values()].map(eventOf),
  ];
  // An empty file would be an error.
  return parts.length === 0 ? '# Nothing is defined.\n' : parts.join('\n');
}

/** The pragmas for names and returns that violate a rule. */
function pragmas({ types, commands }: Schema): string[] {
  const all = [...commands.values()];
  const objects = [...types.values()].filter((type) => type.kind === 'object' || type.kind === 'enum');
  const exceptions: Record<string, string[]> = {
    'command-name-exceptions': all.map(({ name }) => name).filter(isOdd),
    'command-returns-exceptions': all
      .filter(({ returns }) => !isUsualReturn(returns))
      .map(({ name }) => name),
    'member-name-exceptions': [
      ...objects.filter((type) => namesIn(type).some(isOdd)).map(({ name }) => name),
      ...all
        .filter(({ arguments: data }) => data !== undefined && isInPlace(data) && namesIn(data).some(isOdd))
        .map(({ name }) => name),
    ],
  };
  return Object.entries(exceptions)
    .filter(([, names]) => names.length > 0)
    .map(([pragma, names]) => `${text({ pragma: { [pragma]: names } })}\n`);
}

function isOdd(name: string): boolean {
  return /[A-Z_]/.test(name.replace(/^__[a-z0-9.-]+_/, ''));
}

function isUsualReturn(returns: Type | undefined): boolean {
  const type = returns?.kind === 'array' ? returns.element : returns;
  return type === undefined || type.kind === 'object';
}

function namesIn(type: ObjectType | EnumType): string[] {
  const elements: readonly Element[] =
    type.kind === 'enum' ? type.values : [...type.members, ...(type.variants?.branches.values() ?? [])];
  return elements.map(({ name }) => name);
}

function isInPlace(type: ObjectType | undefined): boolean {
  return type?.meta === 'implicit';
}

/** Until 6.1 the branches of some unions were of any type, wrapped in objects that are not in the text. */
function isSimpleUnion({ variants }: ObjectType): boolean {
  const [branch] = variants?.branches.values() ?? [];
  return isInPlace(branch?.type);
}

function typeOf(type: Type): string[] {
  switch (type.kind) {
    case 'builtin':
    case 'array':
      return [];
    case 'enum': {
      const { prefix } = type;
      return [
        definition(type, {
          enum: type.name,
          data: type.values.map(short),
          ...(prefix !== undefined && { prefix }),
        }),
      ];
    }
    case 'alternate':
      return [definition(type, { alternate: type.name, data: alternatives(type) })];
    case 'object':
      return [isSimpleUnion(type) ? simpleUnion(type) : type.variants ? union(type) : struct(type)];
  }
}

function struct(type: ObjectType): string {
  return definition(type, {
    struct: type.name,
    ...(type.base && { base: type.base.name }),
    data: members(type.localMembers),
  });
}

function union(type: ObjectType): string {
  const { base, variants } = type;
  const branches = [...(variants?.branches.values() ?? [])];
  return definition(type, {
    union: type.name,
    ...(base && { base: isInPlace(base) ? members(base.members) : base.name }),
    discriminator: variants?.tag.name,
    data: Object.fromEntries(branches.map((branch) => [branch.name, typed(branch, branch.type)])),
  });
}

function simpleUnion(type: ObjectType): string {
  const branches = [...(type.variants?.branches.values() ?? [])];
  const data = branches.map(
    (branch) => [branch.name, typed(branch, branch.type.members[0]?.type ?? branch.type)] as const,
  );
  return definition(type, { union: type.name, data: Object.fromEntries(data) });
}

function alternatives({ alternatives: list }: AlternateType): Value {
  return Object.fromEntries(list.map((branch) => [branch.name, typed(branch, branch.type)]));
}

function commandOf(command: Command): string {
  const { boxed, checked, successResponse, allowOob, allowPreconfig, coroutine, returns } = command;
  return definition(command, {
    command: command.name,
    ...dataOf(command.arguments),
    ...(returns && { returns: reference(returns) }),
    ...(boxed && { boxed }),
    ...(!checked && { gen: false }),
    ...(!successResponse && { 'success-response': false }),
    ...(allowOob && { 'allow-oob': true }),
    ...(allowPreconfig && { 'allow-preconfig': true }),
    ...(coroutine && { coroutine }),
  });
}

function eventOf(event: Event): string {
  return definition(event, { event: event.name, ...dataOf(event.data), ...(event.boxed && { boxed: true }) });
}

function dataOf(data: ObjectType | undefined): { readonly data?: Value } {
  if (data === undefined) return {};
  return { data: isInPlace(data) ? members(data.members) : data.name };
}

function members(list: readonly Member[]): Value {
  return Object.fromEntries(
    list.map((member) => [`${member.optional ? '*' : ''}${member.name}`, typed(member, member.type)]),
  );
}

function definition(element: Definition, keys: Record<string, Value | undefined>): string {
  return `${printDoc(element)}${text({ ...keys, ...conditions(element) })}\n`;
}

/** A type, or an object with the type, its condition and its features. */
function typed(element: Element, type: Type): Value {
  const more = conditions(element);
  return Object.keys(more).length === 0 ? reference(type) : { type: reference(type), ...more };
}

/** A name, or an object with the name, its condition and its features. */
function short(element: Feature & { readonly features?: readonly Feature[] }): Value {
  const more = conditions({ features: [], ...element });
  return Object.keys(more).length === 0 ? element.name : { name: element.name, ...more };
}

function conditions({ condition, features }: Pick<Element, 'condition' | 'features'>): Record<string, Value> {
  return {
    ...(condition && { if: conditionOf(condition) }),
    ...(features.length > 0 && { features: features.map(short) }),
  };
}

function conditionOf(condition: Condition): Value {
  switch (condition.kind) {
    case 'symbol':
      return condition.name;
    case 'opaque':
      return condition.text;
    case 'not':
      return { not: conditionOf(condition.of) };
    default:
      // Only lists of preprocessor expressions hold what is not made of symbols.
      if (condition.of.some(({ kind }) => kind === 'opaque')) return condition.of.map(preprocessor);
      return { [condition.kind]: condition.of.map(conditionOf) };
  }
}

function preprocessor(condition: Condition): string {
  switch (condition.kind) {
    case 'symbol':
      return `defined(${condition.name})`;
    case 'opaque':
      return condition.text;
    case 'not':
      return `!(${preprocessor(condition.of)})`;
    default:
      return condition.of
        .map((part) => `(${preprocessor(part)})`)
        .join(condition.kind === 'all' ? ' && ' : ' || ');
  }
}

function reference(type: Type): Value {
  return type.kind === 'array' ? [type.element.name] : type.name;
}

/** A value on as many lines as it has keys. */
function text(value: Value, indent = ''): string {
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return `'${value.replace(/[\\']/g, '\\$&')}'`;
  if (isList(value))
    return value.length === 0 ? '[]' : `[ ${value.map((each) => text(each, indent)).join(', ')} ]`;
  const entries = Object.entries(value).flatMap(([key, each]) =>
    each === undefined ? [] : [[key, each] as const],
  );
  if (entries.length === 0) return '{}';
  const inner = `${indent}  `;
  return `{ ${entries.map(([key, each]) => `'${key}': ${text(each, inner)}`).join(`,\n${inner}`)} }`;
}

function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}
