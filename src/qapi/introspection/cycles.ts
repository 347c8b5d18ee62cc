/**
 * Removes cycles of unions that contain themselves through their branches: no value can satisfy them, and walkers would
 * not terminate.
 */
import { at } from './entry.js';
import { quote } from './problem.js';
import type { ProblemList } from './problem.js';
import type { Mutable } from '../model/mutable.js';
import type { Branch, ObjectType } from '../model/schema.js';

/** A union, and the path of its entry. */
export interface LocatedUnion {
  readonly type: Mutable<ObjectType>;
  readonly path: string;
}

/** Removes the branches that close a cycle, and reports them. Takes linear time and constant call depth. */
export function breakCycles(unions: readonly LocatedUnion[], problems: ProblemList): void {
  const places = new Map<ObjectType, LocatedUnion>(unions.map((union) => [union.type, union]));
  const states = new Map<ObjectType, 'open' | 'done'>();
  for (const start of unions) {
    if (states.has(start.type)) continue;
    const path = [open(start, states)];
    for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
      const branch = top.rest.pop();
      if (branch === undefined) {
        states.set(top.union.type, 'done');
        path.pop();
        continue;
      }
      const state = states.get(branch.type);
      const next = places.get(branch.type);
      if (state === 'open') {
        dropBranch(top.union.type, branch);
        const message = `the variant ${quote(branch.name)} leads back to the type itself`;
        problems.add('contains-itself', message, at(top.union.path, 'variants'));
      } else if (state === undefined && next !== undefined) {
        path.push(open(next, states));
      }
    }
  }
}

function open(union: LocatedUnion, states: Map<ObjectType, 'open' | 'done'>) {
  states.set(union.type, 'open');
  return { union, rest: [...(union.type.variants?.branches.values() ?? [])] };
}

function dropBranch(type: Mutable<ObjectType>, dropped: Branch): void {
  if (type.variants === undefined) return;
  const { tag, branches } = type.variants;
  type.variants = { tag, branches: new Map([...branches].filter(([, branch]) => branch !== dropped)) };
}
