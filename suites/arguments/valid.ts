/**
 * Valid arguments: what commands return for them, and that the target lives through whatever is asked of it.
 */
import { VALID_OPERATORS } from '../../src/generate/index.js';
import type { Rule } from '../../src/rules/index.js';
import { codegen, qapi, spec } from '../citations.js';

export const valid: readonly Rule[] = [
  {
    kind: 'cases',
    id: 'args.returned',
    title: 'what a command returns for valid arguments conforms to its declared type',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Commands',
      'The value of a success has the type that the schema declares as returns.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['return-member-missing', 'return-member-type', 'return-null-for-arguments'],
    cases: (source) => source.accepted({ operators: VALID_OPERATORS }),
  },
  {
    kind: 'cases',
    id: 'args.random-valid',
    title: 'what a command returns for random valid arguments conforms to its declared type',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Commands',
      'The value of a success has the type that the schema declares as returns.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['return-null-for-arguments'],
    cases: (source) => source.random('args.random-valid', 0),
  },
  {
    kind: 'cases',
    id: 'args.random-invalid',
    title: 'random arguments with one fault are refused',
    level: 'must',
    since: '0.2.0',
    reference: spec(
      'Compatibility Considerations',
      'Arguments that do not conform to the schema are refused.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['wrong-type-for-string-accepted-at-top', 'unknown-member-accepted-nested'],
    cases: (source) => source.random('args.random-invalid', 1),
  },
  {
    kind: 'cases',
    id: 'args.random-two-faults',
    title: 'random arguments with two faults are refused',
    level: 'must',
    since: '0.2.0',
    reference: spec(
      'Compatibility Considerations',
      'Arguments that do not conform to the schema are refused.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['two-faults-accepted'],
    cases: (source) => source.random('args.random-two-faults', 2),
  },
  {
    kind: 'survival',
    id: 'args.survives',
    title: 'the target lives and answers, whatever generated request it gets',
    level: 'must',
    since: '0.2.0',
    reference: qapi('error.json, QapiErrorClass', 'What a command cannot do it answers with an error.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['dies-of-a-valid-request', 'hangs-on-a-valid-request', 'dies-of-a-request-to-refuse'],
  },
];
