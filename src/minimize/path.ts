/**
 * Places in a value, by the way that leads there. The value above a place changes while the place stays.
 */
import { isObject, jsonObject, type Json, type JsonObject } from '../json/index.js';

/** The whole is `undefined`. */
export type Path = { readonly above: Path; readonly key: string | number } | undefined;

export function valueAt(root: Json, path: Path): Json | undefined {
  let value: Json | undefined = root;
  for (const key of keysOf(path)) value = value === undefined ? undefined : below(value, key);
  return value;
}

/** The whole with another value at a place that is there; what is not on the way is shared. */
export function withValueAt(root: Json, path: Path, value: Json): Json {
  const keys = keysOf(path);
  const containers: (Json[] | JsonObject)[] = [];
  let at: Json | undefined = root;
  for (const key of keys) {
    if (!Array.isArray(at) && !isObject(at)) return root;
    containers.push(at);
    at = below(at, key);
  }
  let made = value;
  for (const [back, container] of containers.toReversed().entries()) {
    const key = keys[keys.length - 1 - back];
    if (Array.isArray(container)) made = container.with(key as number, made);
    else {
      const copy = jsonObject(Object.entries(container));
      copy[key as string] = made;
      made = copy;
    }
  }
  return made;
}

function keysOf(path: Path): (string | number)[] {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return keys.reverse();
}

function below(value: Json, key: string | number): Json | undefined {
  if (typeof key === 'number') return Array.isArray(value) ? value[key] : undefined;
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
