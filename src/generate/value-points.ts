/**
 * The sites of given arguments: every place in a concrete value at which something can be made wrong.
 */
import { isObject, type Json, type JsonObject } from '../json/index.js';
import { alternativeFor, selectedParts } from '../judge/index.js';
import type { Command, ObjectType, Type } from '../qapi/index.js';
import { withMember, type InjectionPoint, type InjectionPointKind } from './injection-point.js';
import type { Tags } from './minimal.js';

/** More sites than this has no value that is worth sending. */
const MAX_SITES = 500;

/** The sites of arguments that conform to the command's type; where they do not, there are none below. */
export function valuePoints(command: Command, args: Json): InjectionPoint[] {
  const found: InjectionPoint[] = [];
  const type = command.arguments;
  if (type !== undefined) visit({ is: 'arguments' }, type, args, new ArgumentsPlace(), found);
  return found;
}

/** Where a walk is. Of hundreds of sites few are looked at, so what can be told from the places above is not kept. */
interface Place {
  readonly depth: number;
  readonly names: readonly string[];
  readonly path: string;
  replaceWith(value: Json | undefined): Json;
}

class ArgumentsPlace implements Place {
  readonly depth = 0;
  readonly names: readonly string[] = [];
  readonly path = '';

  replaceWith(value: Json | undefined): Json {
    return value ?? {};
  }
}

class MemberPlace implements Place {
  readonly depth: number;
  readonly #above: Place;
  readonly #object: JsonObject;
  readonly #name: string;

  constructor(above: Place, object: JsonObject, name: string) {
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

class ElementPlace implements Place {
  readonly depth: number;
  readonly #above: Place;
  readonly #list: readonly Json[];
  readonly #index: number;

  constructor(above: Place, list: readonly Json[], index: number) {
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

class ValueSite implements InjectionPoint {
  readonly revisited = false;
  readonly kind: InjectionPointKind;
  readonly type: Type;
  readonly sample: Json;
  readonly #place: Place;

  constructor(place: Place, kind: InjectionPointKind, type: Type, sample: Json) {
    this.#place = place;
    this.kind = kind;
    this.type = type;
    this.sample = sample;
  }

  get depth(): number {
    return this.#place.depth;
  }

  get names(): readonly string[] {
    return this.#place.names;
  }

  get path(): string {
    return this.#place.path;
  }

  get label(): string {
    return this.#place.path;
  }

  replaceWith(value: Json | undefined): Json {
    return this.#place.replaceWith(value);
  }
}

function visit(
  kind: InjectionPointKind,
  type: Type,
  value: Json,
  place: Place,
  found: InjectionPoint[],
): void {
  if (found.length >= MAX_SITES) return;
  found.push(new ValueSite(place, kind, type, value));
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return;
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      if (alternative === undefined) return;
      visit({ is: 'alternative', alternate: type, alternative }, alternative.type, value, place, found);
      return;
    }
    case 'array': {
      if (!Array.isArray(value)) return;
      for (const [index, element] of value.entries()) {
        const inside = new ElementPlace(place, value, index);
        visit({ is: 'element', array: type }, type.element, element, inside, found);
      }
      return;
    }
    case 'object':
      visitMembers(type, value, place, found);
  }
}

function visitMembers(whole: ObjectType, value: Json, place: Place, found: InjectionPoint[]): void {
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
        found.push(new ValueSite(place, { is: 'branch', tag: variants.tag, value: selected }, whole, value));
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
        ...(discriminator ? { union: { whole, part, tags: above, place } } : {}),
      };
      visit(kind, member.type, standing, new MemberPlace(place, value, member.name), found);
    }
  }
}
