/**
 * Finds the values of symbols from conditions of which it is known whether they hold. These may contradict each other;
 * then those with more weight win.
 */
import { evaluate, symbolsOf } from '../model/condition.js';
import type { Condition } from '../model/condition.js';

/** A condition, and what is known of it. */
export interface Clause {
  readonly condition: Condition;
  /** Whether it holds. */
  readonly holds: boolean;
  /** The cost of contradicting it; positive. */
  readonly weight: number;
}

/** The most conditions that are evaluated to improve on a first answer, for each group of connected symbols. */
const BUDGET = 200_000;

/**
 * Finds an assignment that contradicts clauses of the least weight. Symbols that no clause needs do not hold. The
 * result is optimal unless hundreds of symbols are connected by clauses that contradict each other.
 *
 * @param clauses made of symbols alone
 * @returns a value for every symbol of the clauses
 */
export function bestAssignment(clauses: readonly Clause[]): Map<string, boolean> {
  const values = new Map<string, boolean>();
  for (const group of groups(clauses)) {
    for (const [symbol, value] of new Search(group).run()) values.set(symbol, value);
  }
  return values;
}

/** Clauses in groups that share no symbols, so that each can be looked at alone. */
function groups(clauses: readonly Clause[]): Clause[][] {
  const leaders = new Map<string, string>();
  const leaderOf = (symbol: string): string => {
    let at = symbol;
    for (let next = leaders.get(at); next !== undefined && next !== at; next = leaders.get(at)) {
      leaders.set(at, leaders.get(next) ?? next);
      at = next;
    }
    return at;
  };
  for (const { condition } of clauses) {
    const [first = '', ...others] = symbolsOf(condition);
    for (const other of others) leaders.set(leaderOf(other), leaderOf(first));
  }
  const found = new Map<string, Clause[]>();
  for (const clause of clauses) {
    const [first = ''] = symbolsOf(clause.condition);
    const leader = leaderOf(first);
    const group = found.get(leader);
    if (group === undefined) found.set(leader, [clause]);
    else group.push(clause);
  }
  return [...found.values()];
}

/** A clause while values are tried. */
interface Tried extends Clause {
  readonly symbols: readonly string[];
  isDecided: boolean;
}

/** A symbol that has been given a value. */
interface Step {
  readonly symbol: string;
  /** Whether the other value has been tried before. */
  readonly isLast: boolean;
  /** The clauses that the value decides. */
  readonly decided: readonly Tried[];
  /** The weight of the clauses that are contradicted, before this step. */
  readonly cost: number;
  /** No clause in front of this one is undecided. */
  readonly next: number;
}

/** Depth first with bounds: a path that costs more than the best answer is left. */
class Search {
  readonly #clauses: readonly Tried[];
  readonly #bySymbol = new Map<string, Tried[]>();
  readonly #values = new Map<string, boolean>();
  readonly #steps: Step[] = [];
  /** Symbols for which one value may be better than the other. */
  readonly #decisive: string[] = [];
  #cost = 0;
  #next = 0;
  #best = new Map<string, boolean>();
  #bestCost = Infinity;
  #budget = BUDGET;

  constructor(clauses: readonly Clause[]) {
    this.#clauses = clauses.map((clause) => ({
      ...clause,
      symbols: symbolsOf(clause.condition),
      isDecided: false,
    }));
    for (const clause of this.#clauses) {
      for (const symbol of clause.symbols) {
        const list = this.#bySymbol.get(symbol);
        if (list === undefined) this.#bySymbol.set(symbol, [clause]);
        else list.push(clause);
      }
    }
    this.#decisive.push(...this.#bySymbol.keys());
  }

  run(): Map<string, boolean> {
    for (;;) {
      const symbol = this.#cost < this.#bestCost ? this.#choose() : undefined;
      if (symbol !== undefined) {
        this.#set(symbol, this.#price(symbol, false) > this.#price(symbol, true), false);
        continue;
      }
      if (this.#cost < this.#bestCost) {
        this.#bestCost = this.#cost;
        this.#best = new Map(
          [...this.#bySymbol.keys()].map((each) => [each, this.#values.get(each) ?? false]),
        );
      }
      if (this.#bestCost === 0 || !this.#back()) return this.#best;
    }
  }

  /** A symbol whose value matters; undefined when all clauses are decided. */
  #choose(): string | undefined {
    for (let symbol = this.#decisive.pop(); symbol !== undefined; symbol = this.#decisive.pop()) {
      if (!this.#values.has(symbol) && this.#price(symbol, false) !== this.#price(symbol, true))
        return symbol;
    }
    while (this.#clauses[this.#next]?.isDecided === true) this.#next += 1;
    return this.#clauses[this.#next]?.symbols.find((symbol) => !this.#values.has(symbol));
  }

  /** What a value costs at once. */
  #price(symbol: string, value: boolean): number {
    let price = 0;
    for (const clause of this.#bySymbol.get(symbol) ?? []) {
      if (clause.isDecided) continue;
      const holds = this.#evaluate(clause, (name) => (name === symbol ? value : this.#values.get(name)));
      if (holds !== undefined && holds !== clause.holds) price += clause.weight;
    }
    return price;
  }

  #evaluate({ condition }: Tried, values: (symbol: string) => boolean | undefined): boolean | undefined {
    this.#budget -= 1;
    return evaluate(condition, values);
  }

  #set(symbol: string, value: boolean, isLast: boolean): void {
    const cost = this.#cost;
    const decided: Tried[] = [];
    this.#values.set(symbol, value);
    for (const clause of this.#bySymbol.get(symbol) ?? []) {
      if (clause.isDecided) continue;
      const holds = this.#evaluate(clause, (name) => this.#values.get(name));
      if (holds === undefined) {
        this.#decisive.push(...clause.symbols);
        continue;
      }
      clause.isDecided = true;
      decided.push(clause);
      if (holds !== clause.holds) this.#cost += clause.weight;
    }
    this.#steps.push({ symbol, isLast, decided, cost, next: this.#next });
  }

  /** Goes back to the last symbol that has another value. @returns false when there is none, or no time left */
  #back(): boolean {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      const { symbol, isLast, decided, cost, next } = step;
      const value = this.#values.get(symbol) === true;
      this.#values.delete(symbol);
      for (const clause of decided) clause.isDecided = false;
      this.#cost = cost;
      this.#next = next;
      this.#decisive.push(symbol);
      if (isLast) continue;
      if (this.#budget < 0) return false;
      this.#set(symbol, !value, true);
      return true;
    }
    return false;
  }
}
