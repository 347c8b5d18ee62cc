/**
 * The semantic rules, by the time at which they are applied. Order decides which error is reported first, and follows
 * QEMU's front end as far as it can be observed.
 */
import * as docs from './docs.js';
import * as members from './members.js';
import type { Rule } from './rule.js';
import * as types from './types.js';
import * as unions from './unions.js';

/** Applied to a definition before {@link definitionRules}. */
export const preliminaryRules: readonly Rule[] = [types.knownElements];

/** Applied to a definition after the definitions that it depends on. */
export const definitionRules: readonly Rule[] = [
  members.distinctFeatures,
  members.typeFeatures,
  members.unstableTypes,
  types.knownBase,
  members.structBase,
  members.baseFirst,
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
  types.argumentsFirst,
  types.boxedConditions,
  types.knownReturns,
  types.objectReturns,
];

/** Applied to a definition after {@link definitionRules}. */
export const documentationRules: readonly Rule[] = [
  docs.featuresDocumented,
  docs.membersDocumented,
  docs.describedNamesEarly,
];

/** Applied to every definition when all of them have been checked. */
export const finalRules: readonly Rule[] = [docs.describedNames];
