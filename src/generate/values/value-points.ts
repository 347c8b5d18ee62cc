/**
 * The points of given arguments: every place in a concrete value which can be mutated.
 */
import { isObject, type Json, type JsonObject } from '../../json/index.js';
import { alternativeFor, selectedParts } from '../../judge/index.js';
import type { Command, ObjectType, Type } from '../../qapi/index.js';
import { withMember, type InjectionPoint, type InjectionPointKind } from './injection-point.js';
import type { Tags } from './minimal.js';

/** More points than this has no value that is worth sending. */
const MAX_POINTS = 500;

/** The points of arguments that conform to the command's type; where they do not, there are none below. */
export function valuePoints(command: Command, args: Json): InjectionPoint[] {
  const found: InjectionPoint[] = [];
  const type = command.arguments;
  if (type !== undefined) visit({ is: 'arguments' }, type, args, new RootPosition(), found);
  return found;
}

/** Where a walk is. Of hundreds of points few are looked at, so what can be told from the places above is not kept. */
interface ValuePosition {
  readonly depth: number;
  readonly names: readonly string[];
  readonly path: string;
  replaceWith(value: Json | undefined): Json;
}

class RootPosition implements ValuePosition {
  readonly depth = 0;
  readonly names: readonly string[] = [];
  readonly path = '';

  replaceWith(value: Json | undefined): Json {
    return value ?? {};
  }
}

class MemberPosition implements ValuePosition {
  readonly depth: number;
  readonly #above: ValuePosition;
  readonly #object: JsonObject;
  readonly #name: string;

  constructor(above: ValuePosition, object: JsonObject, name: string) {
    this.depth = above.depth + 1;
    this.#above = above;
    this.#object = object;
    this.#name = name;
  }

  get names(): readonly string[] {
    return [...this.#above.names, this.#name];
  }

  get path(): string {
    const { path } = this.#above;
    return path === '' ? this.#name : `${path}.${this.#name}`;
  }

  replaceWith(value: Json | undefined): Json {
    return this.#above.replaceWith(withMember(this.#object, this.#name, value));
  }
}

class ElementPosition implements ValuePosition {
  readonly depth: number;
  readonly #above: ValuePosition;
  readonly #list: readonly Json[];
  readonly #index: number;

  constructor(above: ValuePosition, list: readonly Json[], index: number) {
    this.depth = above.depth;
    this.#above = above;
    this.#list = list;
    this.#index = index;
  }

  get names(): readonly string[] {
    return this.#above.names;
  }

  get path(): string {
    return `${this.#above.path}[${this.#index}]`;
  }

  replaceWith(value: Json | undefined): Json {
    return this.#above.replaceWith(
      this.#list.toSpliced(this.#index, 1, ...(value === undefined ? [] : [value])),
    );
  }
}

class ValuePoint implements InjectionPoint {
  readonly revisited = false;
  readonly kind: InjectionPointKind;
  readonly type: Type;
  readonly sample: Json;
  readonly #position: ValuePosition;

  constructor(position: ValuePosition, kind: InjectionPointKind, type: Type, sample: Json) {
    this.#position = position;
    this.kind = kind;
    this.type = type;
    this.sample = sample;
  }

  get depth(): number {
    return this.#position.depth;
  }

  get names(): readonly string[] {
    return this.#position.names;
  }

  get path(): string {
    return this.#position.path;
  }

  get label(): string {
    return this.#position.path;
  }

  replaceWith(value: Json | undefined): Json {
    return this.#position.replaceWith(value);
  }
}

function visit(
  kind: InjectionPointKind,
  type: Type,
  value: Json,
  position: ValuePosition,
  found: InjectionPoint[],
): void {
  if (found.length >= MAX_POINTS) return;
  found.push(new ValuePoint(position, kind, type, value));
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return;
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      if (alternative === undefined) return;
      visit({ is: 'alternative', alternate: type, alternative }, alternative.type, value, position, found);
      return;
    }
    case 'array': {
      if (!Array.isArray(value)) return;
      for (const [index, element] of value.entries()) {
        const inside = new ElementPosition(position, value, index);
        visit({ is: 'element', array: type }, type.element, element, inside, found);
      }
      return;
    }
    case 'object':
      visitMembers(type, value, position, found);
  }
}

function visitMembers(
  whole: ObjectType,
  value: Json,
  position: ValuePosition,
  found: InjectionPoint[],
): void {
  if (!isObject(value)) return;
  /** The discriminators above the part. */
  let tags: Tags = new Map();
  for (const part of selectedParts(whole, value)) {
    const { variants } = part;
    const above = tags;
    const tag = variants === undefined ? undefined : value[variants.tag.name];
    if (variants !== undefined && typeof tag === 'string') {
      tags = new Map([...above, [variants.tag, tag]]);
      const listed = variants.tag.type.kind === 'enum' ? variants.tag.type.values : [];
      const selected = listed.find(({ name }) => name === tag);
      if (selected !== undefined)
        found.push(
          new ValuePoint(position, { is: 'branch', tag: variants.tag, value: selected }, whole, value),
        );
    }
    for (const member of part.members) {
      const standing = Object.hasOwn(value, member.name) ? value[member.name] : undefined;
      if (standing === undefined) continue;
      const discriminator = member === variants?.tag;
      const kind: InjectionPointKind = {
        is: 'member',
        member,
        discriminator,
        inBranch: part !== whole,
        ...(discriminator ? { union: { whole, part, tags: above, position } } : {}),
      };
      visit(kind, member.type, standing, new MemberPosition(position, value, member.name), found);
    }
  }
}
