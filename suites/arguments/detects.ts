/**
 * The faults that the rules of this suite catch: each way to be wrong is let pass everywhere, at the top only, nested
 * only, and for one single command.
 */
import type { InvalidOperator, TypeClass } from '../../src/generate/index.js';

const WHERE = ['at-top', 'nested', 'in-one-command'] as const;

export function operatorFaults(operator: InvalidOperator): string[] {
  return operator.startsWith('arguments-')
    ? [`${operator}-accepted`, `${operator}-accepted-in-one-command`]
    : WHERE.map((where) => `${operator}-accepted-${where}`);
}

export function typeFaults(due: TypeClass): string[] {
  return WHERE.map((where) => `wrong-type-for-${due}-accepted-${where}`);
}

/** The same the other way round: valid arguments that are refused. */
export const REFUSALS: readonly string[] = [
  'optional-member',
  'last-branch',
  'last-alternative',
  'last-enum-value',
  'bound',
  'empty-string',
  'long-string',
  'non-ascii-string',
  'empty-array',
  'long-array',
  'true',
].flatMap((what) => [`${what}-refused`, `${what}-refused-nested`, `${what}-refused-in-one-command`]);
