/**
 * Sanitizes arguments: whatever a generator came up with, no string names a file, a program, a host or an object
 * that exists, and no value is one that would reach out of the run. Everything generated goes through here.
 */
import { isObject, jsonEqual, jsonObject, type Json, type JsonObject } from '../../json/index.js';
import { alternativeFor, checkValue, selectedParts } from '../../judge/index.js';
import type { Command, Member, ObjectType, Type } from '../../qapi/index.js';
import { restriction, stringRole, safeStringFor } from '../tables/string-roles.js';
import type { Minimal } from './minimal.js';
import { argumentsPlace, placeBelow, type Place } from '../tables/place.js';
import { requiredReason } from '../tables/required.js';

/** Stands in generated arguments for the private folder of the run. */
export const FOLDER = '{dir}';

/** The values to which arguments are limited at a place; undefined where any will do. */
export type Limits = (place: Place) => { readonly values: readonly Json[] } | undefined;

/** Those for a target that acts on nothing but itself. */
export const innerLimits: Limits = (place) => {
  const limit = restriction(place);
  return limit?.always === true ? limit : undefined;
};

/**
 * Replaces what must not be sent as it is.
 *
 * @param args arguments, valid or not: what does not conform to its type is left as it is, for no server may act on it
 */
export function sanitize(
  command: Command,
  args: Json | undefined,
  limits: Limits = restriction,
): Json | undefined {
  if (args === undefined || command.arguments === undefined) return args;
  return sanitizeObject(command.arguments, args, argumentsPlace(command), limits);
}

/**
 * Valid arguments with the optional members that they had better have, sanitized.
 *
 * @returns undefined when the arguments select a branch that reaches out of the run, and so may not be sent
 */
export function sanitizeValid(
  command: Command,
  args: Json | undefined,
  minimal: Minimal,
  limits: Limits = restriction,
): { readonly arguments: Json | undefined } | undefined {
  const type = command.arguments;
  if (type === undefined) return { arguments: args };
  const place = argumentsPlace(command);
  const full = completed(type, args ?? jsonObject(), place, minimal);
  // Nothing was added to nothing.
  if (args === undefined && isObject(full) && Object.keys(full).length === 0) return { arguments: args };
  const sanitized = sanitizeObject(type, full, place, limits);
  return reachesOut(type, sanitized, place, limits) ? undefined : { arguments: sanitized };
}

function sanitizeValue(type: Type, value: Json, place: Place, limits: Limits): Json {
  switch (type.kind) {
    case 'builtin':
      if (typeof value !== 'string' || (type.name !== 'str' && type.name !== 'any')) return value;
      return value === '' ? value : safeStringFor(stringRole(place), FOLDER, plain(value));
    case 'enum':
      return value;
    case 'array':
      if (!Array.isArray(value)) return value;
      return mapped(value, (element) => sanitizeValue(type.element, element, place, limits));
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      return alternative === undefined ? value : sanitizeValue(alternative.type, value, place, limits);
    }
    case 'object':
      return sanitizeObject(type, value, place, limits);
  }
}

/** The same without what makes a path, an address or a protocol of a word; what is sanitized already stays so. */
function plain(text: string): string {
  const inFolder = text.startsWith(UNIX) ? text.slice(UNIX.length) : text;
  const word = inFolder.startsWith(`${FOLDER}/`) ? inFolder.slice(FOLDER.length + 1) : text;
  return word.replaceAll(/[/\\:|]/g, '_');
}

/** How a migration URI of ours begins. */
const UNIX = 'unix:';

function sanitizeObject(type: ObjectType, value: Json, place: Place, limits: Limits): Json {
  return changedMembers(type, value, place, (member, before, inside) => {
    const limit = limits(inside);
    if (limit !== undefined && conforms(member.type, before)) {
      const usable = limit.values.filter((listed) => conforms(member.type, listed));
      const [first] = usable;
      if (first !== undefined && !usable.some((listed) => jsonEqual(listed, before))) return first;
    }
    return sanitizeValue(member.type, before, inside, limits);
  });
}

/** The object with what `change` makes of its members; discriminators stay, for they say what the rest means. */
function changedMembers(
  type: ObjectType,
  value: Json,
  place: Place,
  change: (member: Member, before: Json, inside: Place) => Json,
): Json {
  if (!isObject(value)) return value;
  let changed: JsonObject | undefined;
  for (const part of selectedParts(type, value)) {
    for (const member of part.members) {
      if (member === part.variants?.tag || !Object.hasOwn(value, member.name)) continue;
      const before = value[member.name] as Json;
      const after = change(member, before, placeBelow(place, member.name));
      if (after === before) continue;
      changed ??= jsonObject(Object.entries(value));
      changed[member.name] = after;
    }
  }
  return changed ?? value;
}

/** Adds optional members that valid cases always have, at every depth. */
function completed(type: Type, value: Json, place: Place, minimal: Minimal): Json {
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return value;
    case 'array':
      if (!Array.isArray(value)) return value;
      return mapped(value, (element) => completed(type.element, element, place, minimal));
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      return alternative === undefined ? value : completed(alternative.type, value, place, minimal);
    }
    case 'object': {
      const inner = changedMembers(type, value, place, (member, before, inside) =>
        completed(member.type, before, inside, minimal),
      );
      if (!isObject(inner)) return inner;
      const wanted = selectedParts(type, inner)
        .flatMap(({ members }) => members)
        .filter(
          (member) =>
            member.optional &&
            !Object.hasOwn(inner, member.name) &&
            requiredReason(placeBelow(place, member.name)) !== undefined &&
            minimal.possible(member.type),
        );
      if (wanted.length === 0) return inner;
      const added = wanted.map((member): [string, Json] => [member.name, minimal.value(member.type)]);
      return jsonObject([...Object.entries(inner), ...added]);
    }
  }
}

/** Does a discriminator have a value that is not among those it is limited to? */
function reachesOut(type: Type, value: Json, place: Place, limits: Limits): boolean {
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return false;
    case 'array':
      return (
        Array.isArray(value) && value.some((element) => reachesOut(type.element, element, place, limits))
      );
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      return alternative !== undefined && reachesOut(alternative.type, value, place, limits);
    }
    case 'object':
      if (!isObject(value)) return false;
      return selectedParts(type, value).some((part) =>
        part.members.some((member) => {
          const found = Object.hasOwn(value, member.name) ? value[member.name] : undefined;
          if (found === undefined) return false;
          const inside = placeBelow(place, member.name);
          if (member !== part.variants?.tag) return reachesOut(member.type, found, inside, limits);
          const limit = limits(inside);
          return limit !== undefined && !limit.values.some((listed) => jsonEqual(listed, found));
        }),
      );
  }
}

/** The list itself when nothing changes. */
function mapped(list: Json[], change: (element: Json) => Json): Json[] {
  const after = list.map(change);
  return after.some((element, index) => element !== list[index]) ? after : list;
}

function conforms(type: Type, value: Json): boolean {
  return checkValue(type, value, 'input').length === 0;
}
