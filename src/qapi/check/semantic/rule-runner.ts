/**
 * Applies rules to definitions. Some have to be judged before others, and then again some before those; such chains may
 * be longer than the call stack, so they wait in a list.
 */
import type { ErrorList, QapiErrorCode } from '../../model/error.js';
import { isEnforced } from '../../model/release.js';
import type { Definition, Meta, ObjectDefinition } from '../definition/index.js';
import { metas } from '../syntax/keys.js';
import { meaning } from './rules.js';
import type { Complain, Rule } from './rule.js';
import type { World } from './symbol-table.js';

/** A definition that is being judged. */
interface Step {
  readonly definition: Definition;
  /** What still has to be judged first. */
  readonly needs: Iterator<ObjectDefinition>;
}

export class Judge {
  readonly #world: World;
  readonly #errors: ErrorList;
  readonly #state = new Map<Definition, 'open' | 'done'>();
  readonly #byMeta = new Map<readonly Rule[], ReadonlyMap<Meta, readonly Rule[]>>();

  constructor(world: World, errors: ErrorList) {
    this.#world = world;
    this.#errors = errors;
  }

  /** Applies rules that ask for nothing to be judged first. */
  apply(rules: readonly Rule[], definition: Definition): void {
    for (const rule of this.#enforced(rules, definition.meta)) {
      rule.check?.(definition, this.#world, this.#complain(definition, rule.code));
    }
  }

  /** Judges what a definition means, unless that has been done. */
  judge(definition: Definition): void {
    if (this.#state.has(definition)) return;
    const path: Step[] = [];
    const begin = (next: Definition): void => {
      this.#state.set(next, 'open');
      path.push({ definition: next, needs: this.#meaning(next) });
    };
    begin(definition);
    for (let step = path.at(-1); step !== undefined; step = path.at(-1)) {
      const next = step.needs.next();
      if (next.done === true) {
        this.#state.set(step.definition, 'done');
        path.pop();
      } else if (this.#state.get(next.value) === 'open') {
        this.#rejectCircle(next.value, path);
      } else if (!this.#state.has(next.value)) {
        begin(next.value);
      }
    }
  }

  *#meaning(definition: Definition): Generator<ObjectDefinition> {
    for (const rule of this.#enforced(meaning, definition.meta)) {
      rule.check?.(definition, this.#world, this.#complain(definition, rule.code));
      const complainAs = (code: QapiErrorCode) => this.#complain(definition, code);
      if (rule.walk !== undefined) yield* rule.walk(definition, this.#world, complainAs);
    }
  }

  /** Members are held by reference, but nothing can be its own base or branch. */
  #rejectCircle(definition: ObjectDefinition, path: readonly Step[]): void {
    const circle = path
      .slice(path.findIndex((step) => step.definition === definition))
      .map((step) => step.definition.name);
    const message = `'${definition.name}' contains itself: ${[...circle, definition.name].join(' → ')}`;
    this.#complain(definition, 'contains-itself')(message, definition.position);
  }

  #complain({ meta, name, position }: Definition, code: QapiErrorCode): Complain {
    return (message, at, hint, anchor) => {
      const site = { ...(anchor && { anchor }), definition: { meta, name, position } };
      this.#errors.add({ code, message, position: at, ...site }, hint);
    };
  }

  #enforced(rules: readonly Rule[], meta: Meta): readonly Rule[] {
    const known = this.#byMeta.get(rules);
    if (known !== undefined) return known.get(meta) ?? [];
    const enforced = rules.filter(({ releases }) => isEnforced(releases ?? {}, this.#world.release));
    const byMeta = new Map(metas.map((each) => [each, enforced.filter((rule) => rule.metas.includes(each))]));
    this.#byMeta.set(rules, byMeta);
    return byMeta.get(meta) ?? [];
  }
}
