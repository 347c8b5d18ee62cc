/**
 * A rule of the language about what definitions mean together. Shapes are not its business: it only ever sees
 * definitions whose shape is sound.
 */
import type { Hint, QapiErrorCode } from '../../model/error.js';
import type { Releases } from '../../model/release.js';
import type { Position } from '../../model/position.js';
import type { Definition, Meta, ObjectDefinition } from '../definition/index.js';
import type { World } from './symbol-table.js';

export interface Rule<M extends Meta = Meta> {
  readonly code: QapiErrorCode;
  /** The releases that have the rule; absent: all. */
  readonly releases?: Releases;
  /** The kinds of definitions that it is about. */
  readonly metas: readonly M[];
  /**
   * Judges one definition. What refers to something unknown or broken is passed over: another rule, or the shape,
   * has said so already.
   */
  readonly check?: (definition: Extract<Definition, { meta: M }>, world: World, complain: Complain) => void;
  /** Does the same, and yields the definitions that have to be judged first, at the point where it needs them. */
  readonly walk?: (
    definition: Extract<Definition, { meta: M }>,
    world: World,
    complainAs: (code: QapiErrorCode) => Complain,
  ) => Iterable<ObjectDefinition>;
}

/**
 * Reports a breach of the rule.
 *
 * @param position of the breach
 * @param anchor where QEMU reports it; absent: at the start of the definition
 */
export type Complain = (message: string, position: Position, hint?: Hint, anchor?: Position) => void;

/** Forgets which kinds a rule is about, so that rules of all kinds fit in one table. */
export function rule<M extends Meta>({ check, walk, metas, ...rest }: Rule<M>): Rule {
  const isOfKind = (definition: Definition): definition is Extract<Definition, { meta: M }> =>
    (metas as readonly Meta[]).includes(definition.meta);
  return {
    ...rest,
    metas,
    ...(check !== undefined && {
      check: (definition, world, complain) => {
        if (isOfKind(definition)) check(definition, world, complain);
      },
    }),
    ...(walk !== undefined && {
      walk: (definition, world, complainAs) =>
        isOfKind(definition) ? walk(definition, world, complainAs) : [],
    }),
  };
}
