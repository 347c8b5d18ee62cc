/**
 * What a model says, in the words of another schema: the models are made for the bundled schema, and the fake serves any.
 */
import { alternativeFor, checkValue, selectedParts } from '../judge/index.js';
import { isObject, jsonObject, type Json } from '../json/index.js';
import type { ObjectType, Type } from '../qapi/index.js';
import { least } from './synthesize.js';

/**
 * Leaves out what a type does not have, and makes up what it has to have.
 *
 * @returns a value of the type, the same one when it conforms already; undefined when too little is left of it
 */
export function fit(type: Type, value: Json): Json | undefined {
  if (checkValue(type, value, 'output').length === 0) return value;
  switch (type.kind) {
    case 'builtin':
    case 'enum':
      return undefined;
    case 'array':
      if (!Array.isArray(value)) return undefined;
      return value.flatMap((element) => {
        const fitting = fit(type.element, element);
        return fitting === undefined ? [] : [fitting];
      });
    case 'alternate': {
      const alternative = alternativeFor(type, value);
      return alternative === undefined ? undefined : fit(alternative.type, value);
    }
    case 'object':
      return fitObject(type, value);
  }
}

function fitObject(type: ObjectType, value: Json): Json | undefined {
  if (!isObject(value)) return undefined;
  const members: [string, Json][] = [];
  for (const part of selectedParts(type, value)) {
    for (const { name, type: due, optional } of part.members) {
      const found = Object.hasOwn(value, name) ? value[name] : undefined;
      const fitting = found === undefined ? undefined : fit(due, found);
      if (fitting !== undefined) members.push([name, fitting]);
      // Something else than what was meant would be a lie.
      else if (found !== undefined && !optional) return undefined;
      else if (!optional) members.push([name, least(due)]);
    }
  }
  const fitting = jsonObject(members);
  return checkValue(type, fitting, 'output').length === 0 ? fitting : undefined;
}
