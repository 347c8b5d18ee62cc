/**
 * Strings that are no value of an enumeration, at every depth.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen } from '../citations.js';
import { operatorFaults } from './detects.js';

const SECTION = 'Enumeration types';

export const enums: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.enum-near-miss',
    title: 'a string that is nearly a value of an enumeration is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'An enumeration has the values that it lists, whole.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('enum-near-miss'),
    cases: (source) => source.refused({ operators: ['enum-near-miss'] }),
  },
  {
    kind: 'cases',
    id: 'args.enum-case',
    title: 'a value of an enumeration in another case is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'An enumeration has the values that it lists, and names are case-sensitive.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('enum-case'),
    cases: (source) => source.refused({ operators: ['enum-case'] }),
  },
  {
    kind: 'cases',
    id: 'args.enum-empty',
    title: 'the empty string is not accepted for a value of an enumeration',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'An enumeration has the values that it lists, and none is empty.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('enum-empty'),
    cases: (source) => source.refused({ operators: ['enum-empty'] }),
  },
  {
    kind: 'cases',
    id: 'args.enum-long',
    title: 'a very long string is not accepted for a value of an enumeration',
    level: 'must',
    since: '0.2.0',
    reference: codegen(SECTION, 'An enumeration has the values that it lists, however long a string is.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('enum-long'),
    cases: (source) => source.refused({ operators: ['enum-long'] }),
  },
];
