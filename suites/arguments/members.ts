/**
 * Members of objects, at every depth: those that have to be there, and those that must not.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen, spec } from '../citations.js';
import { operatorFaults } from './detects.js';

export const members: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.member-missing',
    title: 'arguments that lack a mandatory member are refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Commands', 'A member that is not marked as optional has to be there.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('member-missing'),
    cases: (source) => source.refused({ operators: ['member-missing'] }),
  },
  {
    kind: 'cases',
    id: 'args.unknown-member',
    title: 'arguments with a member that is not declared are refused',
    level: 'must',
    since: '0.2.0',
    reference: spec('Compatibility Considerations', 'Unknown arguments are refused, not passed over.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('unknown-member'),
    cases: (source) => source.refused({ operators: ['unknown-member'] }),
  },
  {
    kind: 'cases',
    id: 'args.unknown-member-proto',
    title: 'a member named __proto__ is refused as any other that is not declared',
    level: 'must',
    since: '0.2.0',
    reference: spec('Compatibility Considerations', 'Unknown arguments are refused, whatever their name.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('unknown-member-proto'),
    cases: (source) => source.refused({ operators: ['unknown-member-proto'] }),
  },
  {
    kind: 'cases',
    id: 'args.member-name-case',
    title: 'a member name in another case is the name of no member',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Naming rules and reserved names', 'Names are case-sensitive.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('unknown-member-case'),
    cases: (source) => source.refused({ operators: ['unknown-member-case'] }),
  },
  {
    kind: 'cases',
    id: 'args.member-name-underscore',
    title: 'a member name with an underscore for a hyphen is the name of no member',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Naming rules and reserved names',
      'Only identifiers in C have underscores where the names in JSON have hyphens.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('unknown-member-underscore'),
    cases: (source) => source.refused({ operators: ['unknown-member-underscore'] }),
  },
];
