/**
 * Schema → one JSON Schema document (draft 2020-12) for all arguments, returns and events.
 *
 * It says what the schema declares, conditions aside: what a condition may remove is there, and its description names
 * the condition. Types are in `$defs` under their names, as far as commands and events need them.
 */
import { jsonObject } from '../json/index.js';
import type { Json, JsonObject } from '../json/index.js';
import { jsonTypeOf } from './builtin.js';
import { printCondition } from './condition.js';
import type {
  AlternateType,
  BuiltinType,
  Command,
  Definition,
  Element,
  EnumType,
  EnumValue,
  Event,
  Member,
  ObjectType,
  Schema,
  Type,
} from './schema.js';

/** The keywords of a JSON Schema. */
type Keywords = (readonly [string, Json])[];

/**
 * Writes a schema as JSON Schema.
 *
 * @returns the document `{ $schema, $defs, commands: { NAME: { arguments, returns } }, events: { NAME: … } }`; bounds
 * beyond 2^53 are bigints
 */
export function jsonSchema(schema: Schema): JsonObject {
  return new SchemaWriter().document(schema);
}

class SchemaWriter {
  readonly #defs = new Map<string, Json>();
  readonly #names = new Map<Type, string>();
  readonly #openNames = new Map<ObjectType, string>();
  readonly #queue: (() => void)[] = [];

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
    const answer = returns === undefined ? object([], [], true) : this.#type(returns);
    const silence: Keywords = [
      ['description', 'Success is not answered.'],
      ['not', {}],
    ];
    return jsonObject([
      ...annotations(command, command.doc?.body),
      ['arguments', this.#data(command.arguments, command, checked)],
      ['returns', jsonObject(successResponse ? answer : silence)],
    ]);
  }

  #event(event: Event): JsonObject {
    const data = this.#data(event.data, event, true);
    return jsonObject([...annotations(event, event.doc?.body), ...Object.entries(data)]);
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
    return this.#reference(this.#names, type, type.name, () => this.#definition(type));
  }

  /** A union that may have more members: a branch of another union, which closes it. */
  #openUnion(type: ObjectType): Keywords {
    return this.#reference(this.#openNames, type, `${type.name}:open`, () =>
      jsonObject([...annotations(type, type.doc?.body), ...this.#object(type, type, false)]),
    );
  }

  #reference<T>(names: Map<T, string>, type: T, name: string, define: () => JsonObject): Keywords {
    if (!names.has(type)) {
      names.set(type, name);
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
        return jsonObject([...annotations(type, type.doc?.body), ...this.#object(type, type, true)]);
      case 'builtin':
        return jsonObject(integer(type));
      case 'array':
        return jsonObject(this.#type(type));
    }
  }

  #alternate(type: AlternateType): Keywords {
    const branches = type.alternatives.map((branch) =>
      jsonObject([...this.#type(branch.type), ...annotations(branch, type.doc?.members.get(branch.name))]),
    );
    return [...annotations(type, type.doc?.body), ['anyOf', branches]];
  }

  /**
   * @param owner whose documentation describes members that are written in place
   * @param closed is every member known?
   */
  #object(type: ObjectType, owner: Definition, closed: boolean): Keywords {
    const properties = this.#properties(type, owner);
    const required = mandatory(type.members);
    const { variants } = type;
    if (variants?.tag.type.kind !== 'enum') return object(properties, required, closed);
    const common = properties.map(([name]) => [name, true] as const);
    const branches = variants.tag.type.values.map((value) =>
      jsonObject(this.#branch(value, variants.tag, variants.branches.get(value.name)?.type, common, closed)),
    );
    return [
      ['type', 'object'],
      ['properties', jsonObject(properties)],
      ['required', required],
      ['oneOf', branches],
    ];
  }

  /** What one value of the discriminator means: a constant tag, and the members of its branch. */
  #branch(
    value: EnumValue,
    tag: Member,
    type: ObjectType | undefined,
    common: Keywords,
    closed: boolean,
  ): Keywords {
    const constant = [
      tag.name,
      jsonObject([['const', value.name], ...annotations(value, undefined)]),
    ] as const;
    if (type?.variants !== undefined) {
      const outer = object([...common, constant], [tag.name], false);
      return [
        ...outer,
        ...this.#openUnion(type),
        ...(closed ? [['unevaluatedProperties', false] as const] : []),
      ];
    }
    const own = type ? this.#properties(type, type) : [];
    return object([...common, constant, ...own], [tag.name, ...mandatory(type?.members ?? [])], closed);
  }

  #properties(type: ObjectType, owner: Definition): Keywords {
    const texts = memberTexts(type, owner);
    return type.members.map((member) => [
      member.name,
      jsonObject([...this.#type(member.type), ...annotations(member, texts.get(member))]),
    ]);
  }
}

function mandatory(members: readonly Member[]): string[] {
  return members.filter(({ optional }) => !optional).map(({ name }) => name);
}

function object(properties: Keywords, required: string[], closed: boolean): Keywords {
  return [
    ['type', 'object'],
    ['properties', jsonObject(properties)],
    ['required', required],
    ...(closed ? [['additionalProperties', false] as const] : []),
  ];
}

function scalar(type: BuiltinType): Keywords {
  const json = jsonTypeOf(type);
  return json === 'value' ? [] : [['type', json === 'int' ? 'integer' : json]];
}

function integer({ range }: BuiltinType): Keywords {
  const bounds: Keywords = range
    ? [
        ['minimum', exact(range.min)],
        ['maximum', exact(range.max)],
      ]
    : [];
  return [['type', 'integer'], ...bounds];
}

/** A number where that is exact. */
function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function enumeration(type: EnumType): Keywords {
  const values = type.values.map(({ name }) => name);
  const lines = type.values.flatMap((value) => {
    const text = describe(value, type.doc?.members.get(value.name));
    const features = value.features.map(({ name }) => ` (${name})`).join('');
    return text === '' && features === '' ? [] : [`${value.name}${features}: ${text}`];
  });
  const text = [type.doc?.body ?? '', ...lines].filter((line) => line !== '').join('\n');
  // An enumeration without values is allowed in QAPI, but not in JSON Schema: nothing conforms.
  return [
    ...annotations(type, text),
    ['type', 'string'],
    values.length === 0 ? ['not', {}] : ['enum', values],
  ];
}

/** `description` and `deprecated`, as far as there is something to say. */
function annotations(element: Element, text: string | undefined): Keywords {
  const description = describe(element, text);
  return [
    ...(description === '' ? [] : [['description', description] as const]),
    ...(element.features.some(({ name }) => name === 'deprecated') ? [['deprecated', true] as const] : []),
  ];
}

function describe({ condition }: Element, text = ''): string {
  const restriction = condition ? `Only if ${printCondition(condition)}.` : '';
  return [text, restriction].filter((line) => line !== '').join('\n');
}

/** Members are described where they are defined; those written in place by their owner. */
function memberTexts(type: ObjectType, owner: Definition): Map<Member, string> {
  const texts = new Map<Member, string>();
  let doc = owner.doc;
  for (let at: ObjectType | undefined = type; at !== undefined; at = at.base) {
    if (at.meta !== 'implicit') ({ doc } = at);
    for (const member of at.localMembers) {
      const text = doc?.members.get(member.name);
      if (text !== undefined) texts.set(member, text);
    }
  }
  return texts;
}

/** A name as it stands in a reference: escaped as a part of a JSON pointer, and as a fragment of a URI. */
function pointer(name: string): string {
  return encodeURIComponent(name.replaceAll('~', '~0').replaceAll('/', '~1'));
}
