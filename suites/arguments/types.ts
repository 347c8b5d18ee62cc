/**
 * Values of the wrong JSON type, by the QAPI type that is due, at every depth.
 */
import type { TypeClass } from '../../src/generate/index.js';
import type { CaseRule } from '../../src/rules/index.js';
import { codegen } from '../citations.js';
import { operatorFaults, typeFaults } from './detects.js';

/** One rule for each kind of type. */
const DUE: readonly (readonly [type: TypeClass, title: string, requirement: string])[] = [
  ['string', 'only a JSON string is accepted for a string', 'The type str is a JSON string.'],
  ['boolean', 'only true and false are accepted for a boolean', 'The type bool is JSON true or false.'],
  [
    'integer',
    'only a JSON number is accepted for an integer',
    'Integer types are JSON numbers without fraction.',
  ],
  ['number', 'only a JSON number is accepted for a number', 'The type number is a JSON number.'],
  ['null', 'only null is accepted for null', 'The type null is JSON null.'],
  [
    'enum',
    'only a JSON string is accepted for a value of an enumeration',
    'Values of enumerations are JSON strings.',
  ],
  ['array', 'only a JSON array is accepted for an array', 'An array type is a JSON array of its elements.'],
  [
    'object',
    'only a JSON object is accepted for a struct or a union',
    'Structs and unions are JSON objects.',
  ],
];

export const types: readonly CaseRule[] = [
  ...DUE.map(([due, title, requirement]): CaseRule => ({
    kind: 'cases',
    id: `args.type-${due}`,
    title,
    level: 'must',
    since: '0.2.0',
    reference: codegen('Built-in Types; Type references and array types', requirement),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: typeFaults(due),
    cases: (source) => source.refused({ operators: ['wrong-type'], due: [due] }),
  })),
  {
    kind: 'cases',
    id: 'args.null',
    title: 'null stands neither for a value of another type nor for its absence',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Struct types', 'An optional member is left out; null is a type of its own.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('null-for-value'),
    cases: (source) => source.refused({ operators: ['null-for-value'] }),
  },
  {
    kind: 'cases',
    id: 'args.array-for-scalar',
    title: 'an array with one element is not accepted for the element',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Type references and array types', 'Only an array type is written as an array.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('array-for-scalar'),
    cases: (source) => source.refused({ operators: ['array-for-scalar'] }),
  },
  {
    kind: 'cases',
    id: 'args.scalar-for-array',
    title: 'an element is not accepted for an array with one element',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Type references and array types', 'An array type is always written as an array.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('scalar-for-array'),
    cases: (source) => source.refused({ operators: ['scalar-for-array'] }),
  },
  {
    kind: 'cases',
    id: 'args.element-first',
    title: 'an array whose first element is of the wrong type is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Type references and array types', 'Every element of an array has its type.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('element-first'),
    cases: (source) => source.refused({ operators: ['element-first'] }),
  },
  {
    kind: 'cases',
    id: 'args.element-later',
    title: 'an array whose last element is of the wrong type is refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Type references and array types', 'Every element of an array has its type.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('element-later'),
    cases: (source) => source.refused({ operators: ['element-later'] }),
  },
];
