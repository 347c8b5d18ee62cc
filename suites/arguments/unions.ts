/**
 * Unions and alternates, at every depth: discriminators that select nothing, and members of the wrong branch.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen } from '../citations.js';
import { operatorFaults } from './detects.js';

const SECTION = 'Union types';

export const unions: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.discriminator-missing',
    title: 'a union without its discriminator is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'The discriminator is a mandatory member.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('discriminator-missing'),
    cases: (source) => source.refused({ operators: ['discriminator-missing'] }),
  },
  {
    kind: 'cases',
    id: 'args.discriminator-unknown',
    title: 'a union whose discriminator is no value of its enumeration is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'The discriminator is a value of the enumeration that it is declared with.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('discriminator-unknown'),
    cases: (source) => source.refused({ operators: ['discriminator-unknown'] }),
  },
  {
    kind: 'cases',
    id: 'args.discriminator-type',
    title: 'a union whose discriminator is no string is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'The discriminator is a value of an enumeration, so a JSON string.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('discriminator-wrong-type'),
    cases: (source) => source.refused({ operators: ['discriminator-wrong-type'] }),
  },
  {
    kind: 'cases',
    id: 'args.discriminator-null',
    title: 'a union whose discriminator is null is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      SECTION,
      'The discriminator is a mandatory member; null does not stand for its absence.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('discriminator-null'),
    cases: (source) => source.refused({ operators: ['discriminator-null'] }),
  },
  {
    kind: 'cases',
    id: 'args.discriminator-switched',
    title: 'the discriminator of one branch with the members of another is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'The discriminator alone selects the branch, whatever members are there.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('discriminator-switched'),
    cases: (source) => source.refused({ operators: ['discriminator-switched'] }),
  },
  {
    kind: 'cases',
    id: 'args.branch-member-missing',
    title: 'a union that lacks a mandatory member of its branch is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'Mandatory members of the selected branch have to be there.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('branch-member-missing'),
    cases: (source) => source.refused({ operators: ['branch-member-missing'] }),
  },
  {
    kind: 'cases',
    id: 'args.other-branch-member',
    title: 'a union with a member of a branch that is not selected is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      SECTION,
      'A union has the members of its base and of the selected branch, and no others.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('other-branch-member'),
    cases: (source) => source.refused({ operators: ['other-branch-member'] }),
  },
  {
    kind: 'cases',
    id: 'args.alternate-type',
    title: 'a JSON type for which an alternate has no branch is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Alternate types',
      'The JSON type selects the branch; without a branch it is an error.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('alternate-wrong-type'),
    cases: (source) => source.refused({ operators: ['alternate-wrong-type'] }),
  },
];
