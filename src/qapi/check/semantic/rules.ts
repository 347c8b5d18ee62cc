/**
 * All rules about what definitions mean together, by the moment at which they are applied.
 */
import * as docs from './docs.js';
import * as members from './members.js';
import type { Rule } from './rule.js';
import * as types from './types.js';
import * as unions from './unions.js';

/** What is judged when it is a definition's turn, before the definition itself. */
export const first: readonly Rule[] = [types.knownElements];

/** What a definition means; in the order in which QEMU looks at it, as far as that can be seen. */
export const meaning: readonly Rule[] = [
  members.distinctFeatures,
  members.typeFeatures,
  members.unstableTypes,
  types.knownBase,
  members.structBase,
  members.judgedBase,
  types.knownMembers,
  members.distinctMemberFeatures,
  types.knownAlternatives,
  unions.soundDiscriminator,
  unions.someBranch,
  unions.everyBranch,
  unions.soundBranches,
  members.distinctValues,
  members.distinctAlternatives,
  members.distinctMembers,
  unions.distinguishable,
  unions.scalarAlternatives,
  types.knownArguments,
  members.inlineArguments,
  types.objectArguments,
  types.judgedArguments,
  types.boxedConditions,
  types.knownReturns,
  types.objectReturns,
];

/** What is judged when it is a definition's turn, behind the definition itself. */
export const documentation: readonly Rule[] = [
  docs.featuresDocumented,
  docs.membersDocumented,
  docs.describedNamesEarly,
];

/** What is judged when all definitions have been. */
export const last: readonly Rule[] = [docs.describedNames];
