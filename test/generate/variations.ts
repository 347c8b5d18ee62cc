/**
 * Many values of a type, the same ones each time: strings of all sorts, bounds of integers, every enumeration value.
 */
import { jsonObject, type Json } from '../../src/json/index.js';
import type { BuiltinType, ObjectType, Type, Variants } from '../../src/qapi/index.js';
import { must } from '../qapi/support.js';

/** Names that nothing bears. */
const STRINGS = [
  'none1',
  '',
  '-',
  '0',
  'a b',
  'none.1',
  'none/none',
  '/none',
  '*',
  'é€😀',
  'n%s%n',
  'x'.repeat(300),
];
const INTEGERS = [
  ...[0n, 1n, -1n, 5n, 50n, 100n, 127n, 255n, 256n, 65535n, 65536n, 2_000_000n, 2_000_001n],
  ...[2n ** 31n - 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 53n + 1n, 2n ** 63n - 1n],
];
const ANY: readonly Json[] = [null, true, 1, 'x', [], {}, [{ x: 1 }]];
/** Deeper than this lists are empty and optional members absent. */
const MAX_DEPTH = 5;

export class Variations {
  #state: number;
  #serial = 0;

  constructor(seed: number) {
    this.#state = seed;
  }

  /**
   * A value of the type.
   *
   * @param prefer values that discriminators take where they can
   */
  value(type: Type, prefer: readonly string[] = [], name = '', depth = 0): Json {
    switch (type.kind) {
      case 'builtin':
        return this.#scalar(type, name, depth);
      case 'enum':
        return this.#pick(type.values).name;
      case 'array': {
        const length = depth < MAX_DEPTH ? this.#below(3) : 0;
        return Array.from({ length }, () => this.value(type.element, prefer, '', depth + 1));
      }
      case 'alternate':
        return this.value(this.#pick(type.alternatives).type, prefer, '', depth + 1);
      case 'object':
        return this.#object(type, prefer, depth);
    }
  }

  #object(type: ObjectType, prefer: readonly string[], depth: number): Json {
    const object = jsonObject();
    const share = 1 + this.#below(4);
    let part: ObjectType | undefined = type;
    while (part !== undefined) {
      const { members, variants }: ObjectType = part;
      for (const member of members) {
        if (member === variants?.tag) continue;
        if (member.optional && (depth >= MAX_DEPTH || this.#below(5) >= share)) continue;
        object[member.name] = this.value(member.type, prefer, member.name, depth + 1);
      }
      const chosen: string | undefined = variants && this.#kind(variants, prefer);
      if (variants !== undefined && chosen !== undefined) object[variants.tag.name] = chosen;
      part = chosen === undefined ? undefined : variants?.branches.get(chosen)?.type;
    }
    return object;
  }

  #kind({ tag }: Variants, prefer: readonly string[]): string {
    if (tag.type.kind !== 'enum') throw new Error('a discriminator is an enumeration');
    const names = tag.type.values.map(({ name }) => name);
    const liked = names.filter((name) => prefer.includes(name));
    return this.#pick(liked.length > 0 ? liked : names);
  }

  #scalar(type: BuiltinType, name: string, depth: number): Json {
    switch (type.name) {
      case 'str':
        return name === 'id' && depth === 1 && this.#below(3) > 0
          ? `new${this.#serial++}`
          : this.#pick(STRINGS);
      case 'bool':
        return this.#below(2) === 0;
      case 'null':
        return null;
      case 'any':
        return this.#pick(ANY);
      case 'number':
        return this.#pick([0, 1, -1, 2000, 2001]);
      default: {
        const range = must(type.range);
        // Nobody knows the real bounds.
        const { min, max } = range.exact ? range : { min: 0n, max: 127n };
        const value = this.#pick([
          min,
          max,
          ...INTEGERS.filter((integer) => integer >= min && integer <= max),
        ]);
        return Number.isSafeInteger(Number(value)) ? Number(value) : value;
      }
    }
  }

  #pick<T>(list: readonly T[]): T {
    return must(list[this.#below(list.length)]);
  }

  #below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1103515245) + 12345) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}

/** What is predictable of commands that make things of many kinds. */
export const PREFERRED: Readonly<Record<string, readonly string[]>> = {
  'object-add': ['authz-list', 'authz-simple'],
  netdev_add: ['hubport'],
  'chardev-add': ['null'],
};
