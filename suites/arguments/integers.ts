/**
 * Integers: what each type's range leaves out, and numbers that are no integers. Introspection merges all integer types
 * into one; of a schema known from there only what no type takes is wrong.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen } from '../citations.js';
import { operatorFaults } from './detects.js';

export const integers: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.integer-range',
    title: 'an integer outside the range of its type is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Built-in Types',
      'Each integer type has the range that its width and sign give; only 64-bit unsigned ones may wrap.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('integer-range'),
    cases: (source) => source.refused({ operators: ['integer-range'] }),
  },
  {
    kind: 'cases',
    id: 'args.integer-64-bits',
    title: 'an integer that 64 bits do not hold is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Built-in Types', 'No integer type is wider than 64 bits.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('integer-beyond-64-bits'),
    cases: (source) => source.refused({ operators: ['integer-beyond-64-bits'] }),
  },
  {
    kind: 'cases',
    id: 'args.integer-fraction',
    title: 'a number with a fraction is not accepted for an integer',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Built-in Types', 'Integer types are JSON numbers without fraction.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('integer-fraction'),
    cases: (source) => source.refused({ operators: ['integer-fraction'] }),
  },
  {
    kind: 'cases',
    id: 'args.integer-notation',
    title: 'a whole number written with a fraction or an exponent is not accepted for an integer',
    level: 'should',
    since: '0.2.0',
    reference: codegen(
      'Built-in Types',
      'Integer types are JSON numbers without fraction, so 1.0 and 1e2 are none; the text does not name them.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('integer-notation'),
    cases: (source) => source.refused({ operators: ['integer-notation'] }),
  },
];
