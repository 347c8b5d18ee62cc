/**
 * Makes arguments harmless: whatever a generator came up with, no string names a file, a program, a host or an object
 * that exists, and no value is one that would reach out of the run. Everything generated goes through here.
 */
import { isObject, jsonEqual, jsonObject, type Json, type JsonObject } from '../json/index.js';
import { alternativeFor, checkValue, selectedParts } from '../judge/index.js';
import type { Command, ObjectType, Type } from '../qapi/index.js';
import { restriction, stringRole, type StringRole } from './lexicon.js';

/** Stands in generated arguments for the private folder of the run. */
export const FOLDER = '{dir}';

/** Names that start with this surely do not exist. */
const NAME_PREFIX = 'qmpspec-';

/**
 * Replaces what must not be sent as it is.
 *
 * @param args arguments, valid or not: what does not conform to its type is left as it is, for no server may act on it
 */
export function harmless(command: Command, args: Json | undefined): Json | undefined {
  if (args === undefined || command.arguments === undefined) return args;
  return tameObject(command.name, command.arguments, args, []);
}

function tame(command: string, type: Type, value: Json, members: readonly string[]): Json {
  const limit = restriction({ command, members });
  if (limit !== undefined && checkValue(type, value, 'input').length === 0) {
    const [first] = limit.values;
    if (first === undefined || limit.values.some((listed) => jsonEqual(listed, value))) return value;
    return first;
  }
  switch (type.kind) {
    case 'builtin':
      if (typeof value !== 'string' || (type.name !== 'str' && type.name !== 'any')) return value;
      return tameString(stringRole({ command, members }), value);
    case 'enum':
      return value;
    case 'array':
      if (!Array.isArray(value)) return value;
      return mapped(value, (element) => tame(command, type.element, element, members));
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      return alternative === undefined ? value : tame(command, alternative.type, value, members);
    }
    case 'object':
      return tameObject(command, type, value, members);
  }
}

function tameObject(command: string, type: ObjectType, value: Json, members: readonly string[]): Json {
  if (!isObject(value)) return value;
  let changed: JsonObject | undefined;
  for (const part of selectedParts(type, value)) {
    for (const member of part.members) {
      if (member === part.variants?.tag || !Object.hasOwn(value, member.name)) continue;
      const before = value[member.name] as Json;
      const after = tame(command, member.type, before, [...members, member.name]);
      if (after === before) continue;
      changed ??= jsonObject(Object.entries(value));
      changed[member.name] = after;
    }
  }
  return changed ?? value;
}

/** The list itself when nothing changes. */
function mapped(list: Json[], change: (element: Json) => Json): Json[] {
  const after = list.map(change);
  return after.some((element, index) => element !== list[index]) ? after : list;
}

function tameString(role: StringRole | undefined, text: string): string {
  const word = text.replaceAll(/[/\\:|]/g, '_');
  if (word === '') return word;
  switch (role) {
    case 'host':
      return '127.0.0.1';
    case 'file':
      return `${FOLDER}/${word}`;
    case 'instance':
    case 'new-name':
    case 'program-text':
    case 'uri':
      return word.startsWith(NAME_PREFIX) ? word : `${NAME_PREFIX}${word}`;
    case 'port':
    case undefined:
      return word;
  }
}
