/**
 * Schema → one JSON Schema document (draft 2020-12) for all arguments, returns and events.
 *
 * It describes the schema with all conditional elements: the description of an element names its condition. Types are
 * in `$defs` under their names, as far as commands and events need them.
 *
 * A union says for each value of its discriminator what is due then, as a closed object with all members of base and
 * branch: validation reports the errors of the selected branch, where they are, and no others. So does an
 * alternate for each JSON type. A branch that is a union itself is in `$defs` once for each union that it may be in.
 */
import { jsonObject } from '../../json/index.js';
import type { Json, JsonObject } from '../../json/index.js';
import { alternateJsonType } from '../model/builtin.js';
import { integer, mandatory, object, pointer, rule, scalar } from './keywords.js';
import type { Keywords } from './keywords.js';
import { annotations, bodyOf, describe, memberTexts } from './texts.js';
import type {
  AlternateType,
  Command,
  Definition,
  EnumType,
  Event,
  Member,
  ObjectType,
  Schema,
  Type,
  Variants,
} from '../model/schema.js';

/** The most combinations of nested unions that are described; their number may grow without bound. */
const INNER_UNIONS = 10_000;

/**
 * Writes a schema as JSON Schema.
 *
 * @returns the document `{ $schema, $defs, commands: { NAME: { arguments, returns } }, events: { NAME: … } }`; bounds
 * beyond 2^53 are bigints
 *
 * @public
 */
export function jsonSchema(schema: Schema): JsonObject {
  return new SchemaWriter().document(schema);
}

class SchemaWriter {
  readonly #defs = new Map<string, Json>();
  readonly #names = new Set<string>();
  readonly #queue: (() => void)[] = [];
  #innerUnions = 0;

  document({ commands, events }: Schema): JsonObject {
    const commandEntries = [...commands.values()].map(
      (command) => [command.name, this.#command(command)] as const,
    );
    const eventEntries = [...events.values()].map((event) => [event.name, this.#event(event)] as const);
    // The queue grows while definitions are written.
    for (const write of this.#queue) write();
    const defs = [...this.#defs].sort(([a], [b]) => (a < b ? -1 : 1));
    return jsonObject([
      ['$schema', 'https://json-schema.org/draft/2020-12/schema'],
      ['$defs', jsonObject(defs)],
      ['commands', jsonObject(commandEntries)],
      ['events', jsonObject(eventEntries)],
    ]);
  }

  #command(command: Command): JsonObject {
    const { returns, successResponse, checked } = command;
    const text = command.doc?.returns;
    const result: Keywords = [
      ...(returns === undefined ? object([], [], true) : this.#type(returns)),
      ...(text === undefined ? [] : [['description', text] as const]),
    ];
    const noResponse: Keywords = [
      ['description', 'Success is not answered.'],
      ['not', {}],
    ];
    return jsonObject([
      ...annotations(command, bodyOf(command)),
      ['arguments', this.#data(command.arguments, command, checked)],
      ['returns', jsonObject(successResponse ? result : noResponse)],
    ]);
  }

  #event(event: Event): JsonObject {
    const data = this.#data(event.data, event, true);
    return jsonObject([...annotations(event, bodyOf(event)), ...Object.entries(data)]);
  }

  /** What a command or an event carries. @param checked false: members that are not declared are fine */
  #data(data: ObjectType | undefined, owner: Definition, checked: boolean): JsonObject {
    if (data === undefined) return jsonObject(object([], [], checked));
    if (data.meta !== 'implicit' && checked) return jsonObject(this.#type(data));
    return jsonObject(this.#object(data, owner, checked));
  }

  /** A type where it is used. */
  #type(type: Type): Keywords {
    if (type.kind === 'array') {
      return [
        ['type', 'array'],
        ['items', jsonObject(this.#type(type.element))],
      ];
    }
    if (type.kind === 'builtin' && type.range === undefined) return scalar(type);
    return this.#reference(type.name, () => this.#definition(type));
  }

  #reference(name: string, define: () => JsonObject): Keywords {
    if (!this.#names.has(name)) {
      this.#names.add(name);
      this.#queue.push(() => this.#defs.set(name, define()));
    }
    return [['$ref', `#/$defs/${pointer(name)}`]];
  }

  /** A type where it is defined. */
  #definition(type: Type): JsonObject {
    switch (type.kind) {
      case 'enum':
        return jsonObject(enumeration(type));
      case 'alternate':
        return jsonObject(this.#alternate(type));
      case 'object':
        return jsonObject([...annotations(type, bodyOf(type)), ...this.#object(type, type, true)]);
      case 'builtin':
        return jsonObject(integer(type));
      case 'array':
        return jsonObject(this.#type(type));
    }
  }

  #alternate(type: AlternateType): Keywords {
    const branches = type.alternatives.map((branch) => {
      const found = [...this.#type(branch.type), ...annotations(branch, type.doc?.members.get(branch.name))];
      // A number with a fraction selects the branch of an integer.
      return { due: alternateJsonType(branch.type), found };
    });
    const types = new Set(branches.map(({ due }) => due));
    const known = annotations(type, bodyOf(type));
    // Only introspection data can have such branches.
    if (types.has(undefined) || types.size < branches.length)
      return [...known, ['anyOf', branches.map(({ found }) => jsonObject(found))]];
    const rules = branches.flatMap(({ due = '', found }) => {
      const rest = found.filter(([keyword, value]) => keyword !== 'type' || value !== due);
      return rest.length === 0 ? [] : [rule([['type', due]], rest)];
    });
    return [
      ...known,
      ['type', [...types].filter((name) => name !== undefined)],
      ...(rules.length === 0 ? [] : [['allOf', rules] as const]),
    ];
  }

  /**
   * @param owner whose documentation describes members that are written in place
   * @param closed whether members that are not declared are refused
   * @param outer the unions that this is a branch of, outermost first
   */
  #object(type: ObjectType, owner: Definition, closed: boolean, outer: readonly ObjectType[] = []): Keywords {
    const properties = this.#properties(type, owner);
    const required = mandatory(type.members);
    const { variants } = type;
    if (variants?.tag.type.kind !== 'enum') return object(properties, required, closed);
    const chain = [...outer, type];
    return [
      ['type', 'object'],
      ['properties', jsonObject(properties)],
      ['required', required],
      [
        'allOf',
        cases(variants.tag.type, variants).map((each) => this.#case(each, variants.tag, chain, closed)),
      ],
    ];
  }

  /** The rule for values of the discriminator. */
  #case(
    { values, type, notes }: Case,
    tag: Member,
    chain: readonly ObjectType[],
    closed: boolean,
  ): JsonObject {
    const [value] = values;
    const test: Keywords = [
      values.length === 1 && value !== undefined ? ['const', value] : ['enum', [...values]],
    ];
    const meant: Keywords = [
      ['properties', jsonObject([[tag.name, jsonObject(test)]])],
      ['required', [tag.name]],
    ];
    const note: Keywords = notes.length === 0 ? [] : [[tag.name, jsonObject(notes)]];
    if (type?.variants !== undefined) {
      const noted: Keywords = notes.length === 0 ? [] : [['properties', jsonObject(note)]];
      return rule(meant, [...noted, ...this.#innerUnion(type, chain, closed)]);
    }
    const common = chain.flatMap(({ members }) => members.map(({ name }) => [name, true] as const));
    const members = [...common, ...note, ...(type ? this.#properties(type, type) : [])];
    // The type of the value is said where the discriminator is.
    return rule(meant, object(members, mandatory(type?.members ?? []), closed).slice(1));
  }

  /** A union that is a branch of others, whose members it must know. */
  #innerUnion(type: ObjectType, outer: readonly ObjectType[], closed: boolean): Keywords {
    if (this.#innerUnions > INNER_UNIONS) return [];
    const name = closed ? [...outer, type].map((part) => part.name).join(':') : `${type.name}:open`;
    if (!this.#names.has(name)) this.#innerUnions += 1;
    return this.#reference(name, () =>
      jsonObject([
        ...annotations(type, bodyOf(type)),
        ...this.#object(type, type, closed, closed ? outer : []),
      ]),
    );
  }

  #properties(type: ObjectType, owner: Definition): Keywords {
    const texts = memberTexts(type, owner);
    return type.members.map((member) => [
      member.name,
      jsonObject([...this.#type(member.type), ...annotations(member, texts.get(member))]),
    ]);
  }
}

/** Values of a discriminator that select the same type, and their annotations. */
interface Case {
  readonly values: string[];
  readonly type: ObjectType | undefined;
  readonly notes: Keywords;
}

/** Values that select the same type are one case, unless they have annotations. */
function cases(tag: EnumType, { branches }: Variants): Case[] {
  const found: Case[] = [];
  const shared = new Map<ObjectType | undefined, Case>();
  for (const value of tag.values) {
    const type = branches.get(value.name)?.type;
    const notes = annotations(value, undefined);
    const same = notes.length === 0 ? shared.get(type) : undefined;
    if (same !== undefined) {
      same.values.push(value.name);
      continue;
    }
    const one = { values: [value.name], type, notes };
    found.push(one);
    if (notes.length === 0) shared.set(type, one);
  }
  return found;
}

function enumeration(type: EnumType): Keywords {
  const values = type.values.map(({ name }) => name);
  const lines = type.values.flatMap((value) => {
    const text = describe(value, type.doc?.members.get(value.name));
    const features = value.features.map(({ name }) => ` (${name})`).join('');
    return text === '' && features === '' ? [] : [`${value.name}${features}: ${text}`];
  });
  const text = [bodyOf(type), ...lines].filter((line) => line !== '').join('\n');
  // An enumeration without values is allowed in QAPI, but not in JSON Schema: nothing conforms.
  return [
    ...annotations(type, text),
    ['type', 'string'],
    values.length === 0 ? ['not', {}] : ['enum', values],
  ];
}
