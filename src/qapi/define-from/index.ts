/**
 * Finds the condition symbols under which a binary was built, as far as its introspection data depends on them.
 */
import { evaluate, printCondition, symbolsOf } from '../model/condition.js';
import type { Condition, Symbols } from '../model/condition.js';
import { bestAssignment } from './assignment.js';
import type { Clause } from './assignment.js';
import { evidenceOf } from './evidence.js';
import type { ConditionEvidence } from './evidence.js';
import type { Element, Feature, Schema } from '../model/schema.js';

/** The symbols that explain introspection data best. */
export interface DefinesFound {
  /** The symbols that hold, sorted. */
  readonly defines: readonly string[];
  /** Symbols that the data does not decide, sorted; they are taken as not holding. */
  readonly open: readonly string[];
  /** What these symbols do not explain; no other symbols explain all of it. */
  readonly contradictions: readonly Contradiction[];
}

/** Elements of one condition that are there although it does not hold, or not there although it does. */
export interface Contradiction {
  readonly condition: string;
  readonly arePresent: boolean;
  /** How many elements. */
  readonly count: number;
  /** The first of them: `blockdev-add/arguments/driver=nbd`. */
  readonly paths: readonly string[];
}

/**
 * Finds the symbols under which a schema explains introspection data best: with the fewest elements that should not be
 * there, or should. Among equals with few symbols that hold.
 *
 * @param file the schema, conditions and all
 * @param live the schema that the data makes
 */
export function definesFrom(file: Schema, live: Schema): DefinesFound {
  const evidence = evidenceOf(file, live).filter(({ condition }) => isMadeOfSymbols(condition));
  const clauses = evidence.flatMap(clauseOf);
  const values = bestAssignment(clauses);
  const symbols: Symbols = (symbol) => values.get(symbol) ?? false;
  const defines = [...values].filter(([, holds]) => holds).map(([symbol]) => symbol);
  const decided = decidedBy(clauses, values);
  const open = [...allSymbols(file)].filter((symbol) => !decided.has(symbol));
  const contradictions = evidence.flatMap(({ condition, present, absent }): Contradiction[] => {
    const arePresent = evaluate(condition, symbols) === false;
    const { count, paths } = arePresent ? present : absent;
    return count === 0 ? [] : [{ condition: printCondition(condition), arePresent, count, paths }];
  });
  return { defines: defines.sort(), open: open.sort(), contradictions };
}

/** A condition whose elements are present as often as absent decides nothing. */
function clauseOf({ condition, present, absent }: ConditionEvidence): Clause[] {
  const weight = present.count - absent.count;
  return weight === 0 ? [] : [{ condition, holds: weight > 0, weight: Math.abs(weight) }];
}

/** The symbols whose other value would explain less. */
function decidedBy(clauses: readonly Clause[], values: ReadonlyMap<string, boolean>): Set<string> {
  const gains = new Map<string, number>();
  for (const { condition, holds, weight } of clauses) {
    const now = evaluate(condition, (symbol) => values.get(symbol));
    for (const symbol of symbolsOf(condition)) {
      const flipped = evaluate(condition, (name) => (name === symbol) !== values.get(name));
      if (flipped !== now) gains.set(symbol, (gains.get(symbol) ?? 0) + (now === holds ? weight : -weight));
    }
  }
  return new Set([...gains].filter(([, gain]) => gain > 0).map(([symbol]) => symbol));
}

function isMadeOfSymbols(condition: Condition): boolean {
  return evaluate(condition, () => true) !== undefined;
}

/** The symbols of all conditions of a schema. */
function allSymbols({ types, commands, events }: Schema): Set<string> {
  const found = new Set<string>();
  const visit = ({ condition, features }: Feature & Partial<Pick<Element, 'features'>>): void => {
    for (const symbol of condition === undefined ? [] : symbolsOf(condition)) found.add(symbol);
    for (const feature of features ?? []) visit(feature);
  };
  for (const type of types.values()) {
    if (type.kind === 'builtin' || type.kind === 'array') continue;
    visit(type);
    if (type.kind === 'enum') type.values.forEach(visit);
    else if (type.kind === 'alternate') type.alternatives.forEach(visit);
    else {
      type.members.forEach(visit);
      for (const branch of type.variants?.branches.values() ?? []) visit(branch);
    }
  }
  for (const command of commands.values()) {
    visit(command);
    command.arguments?.members.forEach(visit);
  }
  for (const event of events.values()) {
    visit(event);
    event.data?.members.forEach(visit);
  }
  return found;
}
