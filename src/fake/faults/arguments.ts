import type { ValueProblem } from '../../judge/index.js';
import { isObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { overlooks } from './change.js';

/** The problem is in a value inside the arguments, not in the arguments themselves. */
const isNested = ({ path }: ValueProblem): boolean => /[.[]/.test(path);

export const argumentFaults: readonly Fault[] = [
  overlooks(
    'mandatory-argument-optional',
    'mandatory arguments may be left out',
    (problem) => problem.kind === 'missing-member' && !isNested(problem) && problem.role === undefined,
  ),
  overlooks(
    'single-for-array-accepted',
    'an object is accepted for an array',
    ({ kind, found, due }) =>
      kind === 'wrong-type' && found !== undefined && isObject(found) && due === 'an array',
  ),
  overlooks(
    'null-for-array-accepted',
    'null is accepted for an array',
    ({ kind, found, due }) => kind === 'wrong-type' && found === null && due === 'an array',
  ),
  overlooks(
    'null-for-object-accepted',
    'null is accepted for an object',
    ({ kind, found, due }) => kind === 'wrong-type' && found === null && due === 'an object',
  ),
  overlooks(
    'missing-discriminator-accepted',
    'the discriminator of a union may be left out',
    ({ kind, role }) => kind === 'missing-member' && role === 'discriminator',
  ),
  overlooks(
    'unknown-discriminator-accepted',
    'the discriminator of a union may be any string',
    ({ kind, role }) => kind === 'unlisted-value' && role === 'discriminator',
  ),
  overlooks(
    'enum-case-ignored',
    'values of enumerations are compared without case',
    (problem) =>
      problem.kind === 'unlisted-value' &&
      typeof problem.found === 'string' &&
      /^[A-Z][A-Za-z-]*$/.test(problem.found),
  ),
  overlooks(
    'enum-prefix-accepted',
    'an abbreviated value of an enumeration is accepted',
    (problem) =>
      problem.kind === 'unlisted-value' &&
      typeof problem.found === 'string' &&
      ['char', 'block', 'migr'].includes(problem.found),
  ),
  overlooks(
    'enum-index-accepted',
    'an integer is accepted for a value of an enumeration',
    ({ kind, role, found }) => kind === 'wrong-type' && role === 'discriminator' && typeof found === 'number',
  ),
  overlooks(
    'null-discriminator-accepted',
    'the discriminator of a union may be null',
    ({ kind, role, found }) => kind === 'wrong-type' && role === 'discriminator' && found === null,
  ),
  overlooks(
    'single-element-array-accepted',
    'an array with one element is accepted for the element',
    ({ kind, found }) => kind === 'wrong-type' && Array.isArray(found) && found.length === 1,
  ),
  overlooks(
    'branch-member-optional',
    'mandatory members of a branch may be left out',
    ({ kind, role }) => kind === 'missing-member' && role === 'branch',
  ),
  overlooks(
    'number-for-string-accepted',
    'a number is accepted for a string',
    ({ kind, found, due }) => kind === 'wrong-type' && typeof found === 'number' && due === 'a string',
  ),
  overlooks(
    'null-for-string-accepted',
    'null is accepted for a string',
    ({ kind, found, due }) => kind === 'wrong-type' && found === null && due === 'a string',
  ),
  overlooks(
    'other-branch-member-accepted',
    'members of another branch are passed over',
    ({ kind, role, path }) =>
      kind === 'unknown-member' && role === 'other-branch' && !path.includes('migration'),
  ),
  overlooks(
    'unknown-nested-member-accepted',
    'unknown members inside arguments are passed over',
    (problem) => problem.kind === 'unknown-member' && isNested(problem) && problem.role === undefined,
  ),
];
