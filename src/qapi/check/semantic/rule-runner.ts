/**
 * Applies semantic rules to definitions.
 *
 * Some rules need other definitions to be checked first, as QEMU does it, and these may need others in turn. Such
 * chains may exceed the call stack, so they are kept in a list.
 */
import type { ErrorList, QapiErrorCode } from '../../model/error.js';
import type { Definition, Meta, ObjectDefinition } from '../definition/index.js';
import { metas } from '../syntax/keys.js';
import { definitionRules } from './rules.js';
import type { Report, Rule } from './rule.js';
import type { SymbolTable } from './symbol-table.js';

/** A definition that is being checked. */
interface Step {
  readonly definition: Definition;
  /** The definitions that remain to be checked before it. */
  readonly prerequisites: Iterator<ObjectDefinition>;
}

export class RuleRunner {
  readonly #symbols: SymbolTable;
  readonly #errors: ErrorList;
  readonly #states = new Map<Definition, 'open' | 'done'>();
  readonly #byMeta = new Map<readonly Rule[], ReadonlyMap<Meta, readonly Rule[]>>();

  constructor(symbols: SymbolTable, errors: ErrorList) {
    this.#symbols = symbols;
    this.#errors = errors;
  }

  /** Applies rules that need no other definition to be checked first. */
  apply(rules: readonly Rule[], definition: Definition): void {
    for (const rule of this.#enforced(rules, definition.meta)) {
      rule.check?.(definition, this.#symbols, this.#reporter(definition, rule.code));
    }
  }

  /** Applies the rules for definitions ({@link definitionRules}) to one, unless that has been done. */
  check(definition: Definition): void {
    if (this.#states.has(definition)) return;
    const path: Step[] = [];
    const begin = (next: Definition): void => {
      this.#states.set(next, 'open');
      path.push({ definition: next, prerequisites: this.#applyDefinitionRules(next) });
    };
    begin(definition);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.prerequisites.next();
      if (next.done === true) {
        this.#states.set(step.definition, 'done');
        path.pop();
      } else if (this.#states.get(next.value) === 'open') {
        this.#reportCycle(next.value, path);
      } else if (!this.#states.has(next.value)) {
        begin(next.value);
      }
    }
  }

  *#applyDefinitionRules(definition: Definition): Generator<ObjectDefinition> {
    for (const rule of this.#enforced(definitionRules, definition.meta)) {
      rule.check?.(definition, this.#symbols, this.#reporter(definition, rule.code));
      const reportAs = (code: QapiErrorCode) => this.#reporter(definition, code);
      if (rule.walk !== undefined) yield* rule.walk(definition, this.#symbols, reportAs);
    }
  }

  /** Members are held by reference, but nothing can be its own base or branch. */
  #reportCycle(definition: ObjectDefinition, path: readonly Step[]): void {
    const cycle = path
      .slice(path.findIndex((step) => step.definition === definition))
      .map((step) => step.definition.name);
    const message = `'${definition.name}' contains itself: ${[...cycle, definition.name].join(' → ')}`;
    this.#reporter(definition, 'contains-itself')(message, definition.position);
  }

  #reporter({ meta, name, position }: Definition, code: QapiErrorCode): Report {
    return (message, at, hint, anchor) => {
      const location = { ...(anchor && { anchor }), definition: { meta, name, position } };
      this.#errors.add({ code, message, position: at, ...location }, hint);
    };
  }

  #enforced(rules: readonly Rule[], meta: Meta): readonly Rule[] {
    const known = this.#byMeta.get(rules);
    if (known !== undefined) return known.get(meta) ?? [];
    const enforced = rules.filter(({ releases }) => this.#symbols.rules.enforces(releases ?? {}));
    const byMeta = new Map(metas.map((each) => [each, enforced.filter((rule) => rule.metas.includes(each))]));
    this.#byMeta.set(rules, byMeta);
    return byMeta.get(meta) ?? [];
  }
}
