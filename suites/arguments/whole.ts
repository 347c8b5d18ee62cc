/**
 * The arguments as a whole.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen, spec } from '../citations.js';
import { operatorFaults } from './detects.js';

export const whole: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.unwanted',
    title: 'arguments for a command that takes none are refused',
    level: 'must',
    since: '0.2.0',
    reference: codegen('Commands', 'Without a member data a command takes no arguments.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('arguments-unwanted'),
    cases: (source) => source.refused({ operators: ['arguments-unwanted'] }),
  },
  {
    kind: 'cases',
    id: 'args.not-an-object',
    title: 'arguments that are no JSON object are refused, whatever the command',
    level: 'must',
    since: '0.2.0',
    reference: spec('Issuing Commands', 'The member arguments is a JSON object.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: operatorFaults('arguments-wrong-type'),
    cases: (source) => source.refused({ operators: ['arguments-wrong-type'] }),
  },
];
