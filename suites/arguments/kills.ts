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
