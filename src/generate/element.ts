/**
 * Which elements of a schema a template reaches, and whether the case made of it still does.
 */
import { isObject, jsonEqual, type Json } from '../json/index.js';
import type { CaseTemplate, Operator } from './operators/case.js';

/**
 * A kind of thing in a command's arguments that generated requests reach, each with valid and invalid cases of its own.
 *
 * @public
 */
export type ElementKind =
  /** the arguments as a whole: absent, or what is mandatory */
  | 'arguments'
  /** members as a set: all at once; missing, or unknown */
  | 'members'
  /** each optional member, present */
  | 'optionalMembers'
  /** each value of a discriminator */
  | 'branches'
  /** each branch of an alternate */
  | 'alternatives'
  /** each value of an enumeration */
  | 'enumValues'
  /** the bounds of integers */
  | 'boundaries'
  /** arrays of several lengths */
  | 'arrays'
  /** strings, booleans, numbers and anything else; values of another type */
  | 'values';

const KINDS: Readonly<Record<Operator, ElementKind>> = {
  'no-arguments': 'arguments',
  'mandatory-only': 'arguments',
  'all-members': 'members',
  'optional-alone': 'optionalMembers',
  branch: 'branches',
  alternative: 'alternatives',
  'enum-value': 'enumValues',
  boundary: 'boundaries',
  string: 'values',
  'array-length': 'arrays',
  'other-value': 'values',
  'member-missing': 'members',
  'branch-member-missing': 'branches',
  'unknown-member': 'members',
  'unknown-member-proto': 'members',
  'unknown-member-case': 'members',
  'unknown-member-underscore': 'members',
  'other-branch-member': 'branches',
  'wrong-type': 'values',
  'null-for-value': 'values',
  'array-for-scalar': 'values',
  'scalar-for-array': 'arrays',
  'element-first': 'arrays',
  'element-later': 'arrays',
  'enum-near-miss': 'enumValues',
  'enum-case': 'enumValues',
  'enum-empty': 'enumValues',
  'enum-long': 'enumValues',
  'integer-range': 'boundaries',
  'integer-beyond-64-bits': 'boundaries',
  'integer-fraction': 'boundaries',
  'integer-notation': 'boundaries',
  'discriminator-missing': 'branches',
  'discriminator-unknown': 'branches',
  'discriminator-wrong-type': 'branches',
  'discriminator-null': 'branches',
  'discriminator-switched': 'branches',
  'alternate-wrong-type': 'alternatives',
  'arguments-unwanted': 'arguments',
  'arguments-wrong-type': 'arguments',
};

export function elementKind(operator: Operator): ElementKind {
  return KINDS[operator];
}

/** The place and what is tried there, without the command: `{qcow2}.file/optional-alone`. */
export function placeName({ label, operator, variant }: CaseTemplate): string {
  return `${label}/${variant === '' ? operator : `${operator}.${variant}`}`;
}

/** Do sanitized arguments still have what the template is about, at its point? */
export function keeps(template: CaseTemplate, wanted: Json | undefined, made: Json | undefined): boolean {
  switch (template.operator) {
    case 'enum-value':
    case 'boundary':
    case 'other-value':
    case 'array-length':
    case 'string': {
      const [before, after] = [valueAt(template, wanted), valueAt(template, made)];
      if (before === undefined || after === undefined) return false;
      if (Array.isArray(before)) return Array.isArray(after) && after.length === before.length;
      // A name may get a prefix, and is as long, as empty or as strange as before.
      const name =
        template.operator !== 'enum-value' && typeof before === 'string' && typeof after === 'string';
      return name ? after.includes(before) && (before !== '' || after === '') : jsonEqual(before, after);
    }
    default:
      return true;
  }
}

/** The value at a template's point; of arrays on the way, the first element. */
function valueAt({ names, path }: CaseTemplate, args: Json | undefined): Json | undefined {
  let here = args;
  for (const name of names) {
    while (Array.isArray(here)) here = here[0];
    if (here === undefined || !isObject(here) || !Object.hasOwn(here, name)) return undefined;
    here = here[name];
  }
  for (let rest = path; rest.endsWith(']') && Array.isArray(here); rest = rest.slice(0, -'[0]'.length)) {
    here = here[0];
  }
  return here;
}
