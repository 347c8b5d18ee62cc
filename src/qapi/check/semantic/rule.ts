/**
 * Semantic rules: rules about definitions in the context of the whole schema. They are only applied to definitions
 * without syntax errors.
 */
import type { Hint, QapiErrorCode } from '../../model/error.js';
import type { Releases } from '../../model/release.js';
import type { Position } from '../../model/position.js';
import type { Definition, Meta, ObjectDefinition } from '../definition/index.js';
import type { SymbolTable } from './symbol-table.js';

export interface Rule<M extends Meta = Meta> {
  readonly code: QapiErrorCode;
  /** The releases that have the rule; absent: all. */
  readonly releases?: Releases;
  /** The meta-types that it applies to. */
  readonly metas: readonly M[];
  /**
   * Checks one definition. References to something unknown or broken are skipped, because another rule or the syntax
   * check has reported them.
   */
  readonly check?: (
    definition: Extract<Definition, { meta: M }>,
    symbols: SymbolTable,
    report: Report,
  ) => void;
  /** Does the same, and yields the definitions that have to be checked first, at the point where it needs them. */
  readonly walk?: (
    definition: Extract<Definition, { meta: M }>,
    symbols: SymbolTable,
    reportAs: (code: QapiErrorCode) => Report,
  ) => Iterable<ObjectDefinition>;
}

/**
 * Reports a violation of the rule.
 *
 * @param position of the violation
 * @param anchor where QEMU reports it; absent: at the start of the definition
 */
export type Report = (message: string, position: Position, hint?: Hint, anchor?: Position) => void;

/** Widens a rule to all meta-types, so that rules for different ones fit in one table; it ignores the others. */
export function rule<M extends Meta>({ check, walk, metas, ...rest }: Rule<M>): Rule {
  const applies = (definition: Definition): definition is Extract<Definition, { meta: M }> =>
    (metas as readonly Meta[]).includes(definition.meta);
  return {
    ...rest,
    metas,
    ...(check !== undefined && {
      check: (definition, symbols, report) => {
        if (applies(definition)) check(definition, symbols, report);
      },
    }),
    ...(walk !== undefined && {
      walk: (definition, symbols, reportAs) =>
        applies(definition) ? walk(definition, symbols, reportAs) : [],
    }),
  };
}
