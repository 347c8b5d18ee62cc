/**
 * Reads the parts of introspection entries, which may be anything.
 */
import { isObject, member } from '../../json/index.js';
import type { Json, JsonObject } from '../../json/index.js';
import { quote } from './problem.js';
import type { ProblemList } from './problem.js';
import type { Feature } from '../model/schema.js';

/** A JSON value and its path. */
export interface Located {
  readonly value: Json;
  readonly path: string;
}

/** An object and its path. */
export interface LocatedObject extends Located {
  readonly value: JsonObject;
}

const NAME = /^(?:__[A-Za-z0-9.-]+_)?[A-Za-z][A-Za-z0-9_-]*$/;

/** Reads parts of values as the types that they should have, and reports those that have another one. */
export class EntryReader {
  readonly #problems: ProblemList;

  constructor(problems: ProblemList) {
    this.#problems = problems;
  }

  object({ value, path }: Located): LocatedObject | undefined {
    if (isObject(value)) return { value, path };
    this.#problems.add('wrong-type', 'an object is expected', path);
    return undefined;
  }

  /** Reports members that an object of this kind does not have. */
  onlyMembers({ value, path }: LocatedObject, known: readonly string[], what: string): void {
    for (const name of Object.keys(value)) {
      if (known.includes(name)) continue;
      this.#problems.add('unknown-member', `${what} has no member ${quote(name)}`, path);
    }
  }

  string(object: LocatedObject, name: string): string | undefined {
    const value = this.#required(object, name);
    if (value === undefined || typeof value === 'string') return value;
    this.#problems.add('wrong-type', `${name} must be a string`, at(object.path, name));
    return undefined;
  }

  /** The elements of an array. */
  array(object: LocatedObject, name: string): Located[] {
    const value = this.#required(object, name);
    if (value === undefined) return [];
    const path = at(object.path, name);
    if (Array.isArray(value))
      return value.map((element, index) => ({ value: element, path: `${path}[${index}]` }));
    this.#problems.add('wrong-type', `${name} must be an array`, path);
    return [];
  }

  /** The elements of an array that are strings, each once. */
  strings(object: LocatedObject, name: string): { readonly value: string; readonly path: string }[] {
    const seen = new Set<string>();
    return this.array(object, name).flatMap(({ value, path }) => {
      if (typeof value !== 'string')
        this.#problems.add('wrong-type', `${name} must consist of strings`, path);
      else if (seen.has(value)) this.#problems.add('duplicate', `${quote(value)} is listed twice`, path);
      else {
        seen.add(value);
        return [{ value, path }];
      }
      return [];
    });
  }

  /** Reads the objects of a list; those that repeat a `key` are reported and left out. */
  distinct<T>(
    object: LocatedObject,
    list: string,
    key: string,
    read: (element: LocatedObject, name: string) => T | undefined,
  ): T[] {
    const seen = new Set<string>();
    return this.array(object, list).flatMap((place) => {
      const element = this.object(place);
      const name = element && this.string(element, key);
      if (element === undefined || name === undefined) return [];
      if (seen.has(name)) {
        this.#problems.add('duplicate', `${quote(name)} is listed twice`, at(element.path, key));
        return [];
      }
      seen.add(name);
      return read(element, name) ?? [];
    });
  }

  boolean(object: LocatedObject, name: string): boolean {
    const value = member(object.value, name);
    if (typeof value === 'boolean') return value;
    if (value !== undefined)
      this.#problems.add('wrong-type', `${name} must be a boolean`, at(object.path, name));
    return false;
  }

  features(object: LocatedObject): Feature[] {
    if (!Object.hasOwn(object.value, 'features')) return [];
    return this.strings(object, 'features').map(({ value, path }) => {
      this.checkName(value, path);
      return { name: value };
    });
  }

  /** Reports a name that is malformed. @param isValue values of enumerations may start with a digit */
  checkName(name: string, path: string, isValue = false): void {
    if (NAME.test(isValue ? name.replace(/^\d/, 'd') : name)) return;
    this.#problems.add('bad-name', `${quote(name)} is not a name`, path);
  }

  #required({ value, path }: LocatedObject, name: string): Json | undefined {
    const found = member(value, name);
    if (found === undefined) this.#problems.add('missing-member', `the member ${name} is missing`, path);
    return found;
  }
}

/** The path of a member. */
export function at(path: string, name: string): string {
  return path === '' ? name : `${path}.${name}`;
}
