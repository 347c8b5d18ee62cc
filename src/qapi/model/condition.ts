/**
 * Conditions (`if`): under which symbols an element of the schema exists in a binary.
 *
 * @public
 */
export type Condition =
  | { readonly kind: 'symbol'; readonly name: string }
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  /**
   * A C preprocessor expression of the older dialect that is not made of symbols alone; whether it holds is unknown.
   */
  | { readonly kind: 'opaque'; readonly text: string };

/**
 * Tells whether a symbol holds; undefined when that is not known.
 *
 * @public
 */
export type Symbols = (symbol: string) => boolean | undefined;

/**
 * Evaluates a condition.
 *
 * @param condition absent: always true
 * @param symbols what is known about the symbols
 * @returns undefined when that depends on something unknown
 */
export function evaluate(condition: Condition | undefined, symbols: Symbols): boolean | undefined {
  if (condition === undefined) return true;
  switch (condition.kind) {
    case 'symbol':
      return symbols(condition.name);
    case 'opaque':
      return undefined;
    case 'not': {
      const inner = evaluate(condition.of, symbols);
      return inner === undefined ? undefined : !inner;
    }
    case 'all':
    case 'any': {
      const decisive = condition.kind === 'any';
      let unknown = false;
      for (const part of condition.of) {
        const value = evaluate(part, symbols);
        if (value === decisive) return decisive;
        if (value === undefined) unknown = true;
      }
      return unknown ? undefined : !decisive;
    }
  }
}

/**
 * Evaluates a condition as far as its symbols are known.
 *
 * @returns true or false when it is decided, else a condition of what is not known
 */
export function simplify(condition: Condition, symbols: Symbols): Condition | boolean {
  const value = evaluate(condition, symbols);
  if (value !== undefined) return value;
  switch (condition.kind) {
    case 'symbol':
    case 'opaque':
      return condition;
    case 'not': {
      const of = simplify(condition.of, symbols);
      return typeof of === 'boolean' ? !of : { kind: 'not', of };
    }
    default: {
      // Parts that are decided cannot matter, or the whole would be decided.
      const of = condition.of
        .map((part) => simplify(part, symbols))
        .filter((part): part is Condition => typeof part !== 'boolean');
      const [only] = of;
      return of.length === 1 && only !== undefined ? only : { kind: condition.kind, of };
    }
  }
}

/** The symbols of a condition, each once. */
export function symbolsOf(condition: Condition): string[] {
  const found = new Set<string>();
  const pending = [condition];
  for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
    if (at.kind === 'symbol') found.add(at.name);
    else if (at.kind === 'not') pending.push(at.of);
    else if (at.kind !== 'opaque') pending.push(...at.of);
  }
  return [...found];
}

/** The condition under which several hold together; absent ones always hold. */
export function allOf(conditions: readonly (Condition | undefined)[]): Condition | undefined {
  const of = conditions.filter((condition) => condition !== undefined);
  return of.length > 1 ? { kind: 'all', of } : of[0];
}

/**
 * The condition in words: `CONFIG_A and (CONFIG_B or not CONFIG_C)`.
 *
 * @public
 */
export function printCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'symbol':
      return condition.name;
    case 'opaque':
      return condition.text;
    case 'not':
      return `not ${printOperand(condition.of)}`;
    default:
      return condition.of.map(printOperand).join(condition.kind === 'all' ? ' and ' : ' or ');
  }
}

function printOperand(condition: Condition): string {
  const text = printCondition(condition);
  const isCompound =
    condition.kind === 'opaque' ||
    ((condition.kind === 'all' || condition.kind === 'any') && condition.of.length > 1);
  return isCompound ? `(${text})` : text;
}

/**
 * Parses a condition of the older dialect, a C preprocessor expression. Those made of `defined(SYMBOL)`, `!`, `&&`,
 * `||` and parentheses are parsed, all others become opaque.
 */
export function parsePreprocessor(text: string): Condition {
  const tokens = text.match(/&&|\|\||[!()]|\w+|\S/g) ?? [];
  return new PreprocessorParser(tokens).parse() ?? { kind: 'opaque', text: text.trim() };
}

/** Expressions nest at most this deep; what goes deeper is opaque. */
const DEPTH_LIMIT = 100;

class PreprocessorParser {
  readonly #tokens: readonly string[];
  #next = 0;

  constructor(tokens: readonly string[]) {
    this.#tokens = tokens;
  }

  /** @returns undefined when the text is not an expression of symbols */
  parse(): Condition | undefined {
    const condition = this.#operation('any', 0);
    return this.#next === this.#tokens.length ? condition : undefined;
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#next] !== token) return false;
    this.#next++;
    return true;
  }

  #operation(kind: 'all' | 'any', depth: number): Condition | undefined {
    const of: Condition[] = [];
    do {
      const operand = kind === 'any' ? this.#operation('all', depth) : this.#operand(depth);
      if (operand === undefined) return undefined;
      of.push(operand);
    } while (this.#take(kind === 'any' ? '||' : '&&'));
    const [only] = of;
    return of.length === 1 && only !== undefined ? only : { kind, of };
  }

  #operand(depth: number): Condition | undefined {
    if (depth > DEPTH_LIMIT) return undefined;
    if (this.#take('!')) {
      const of = this.#operand(depth + 1);
      return of && { kind: 'not', of };
    }
    if (this.#take('(')) {
      const inner = this.#operation('any', depth + 1);
      return this.#take(')') ? inner : undefined;
    }
    if (!this.#take('defined')) return undefined;
    const hasParenthesis = this.#take('(');
    const name = this.#tokens[this.#next++];
    if (name === undefined || !/^[A-Za-z_]\w*$/.test(name)) return undefined;
    return hasParenthesis && !this.#take(')') ? undefined : { kind: 'symbol', name };
  }
}
