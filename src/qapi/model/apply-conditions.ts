/**
 * Applies conditions: the Schema of a binary, for which it is known which condition symbols hold.
 */
import { evaluate, simplify } from './condition.js';
import type { Symbols } from './condition.js';
import { emptyObject } from './mutable.js';
import type { Mutable } from './mutable.js';
import type {
  AlternateType,
  ArrayType,
  Branch,
  Command,
  Definition,
  Element,
  Event,
  Feature,
  Member,
  ObjectType,
  Schema,
  Type,
} from './schema.js';

/**
 * Leaves out every element whose condition does not hold: definitions, members, values, branches, features. Of what
 * remains, conditions that hold are gone; where a symbol is not known (or a condition is opaque) the element
 * stays, and with it that part of its condition.
 *
 * @param schema left as it is; the result shares nothing with it that could have a condition
 * @param symbols what is known about the symbols
 *
 * @public
 */
export function applyConditions(schema: Schema, symbols: Symbols): Schema {
  return new Application(symbols).schema(schema);
}

class Application {
  readonly #symbols: Symbols;
  readonly #types = new Map<Type, Type>();
  readonly #members = new Map<Member, Member>();
  /** Steps that fill types after they were created. A list, because references between types form cycles. */
  readonly #pending: (() => void)[] = [];

  constructor(symbols: Symbols) {
    this.#symbols = symbols;
  }

  schema({ source, types, commands, events }: Schema): Schema {
    const result = {
      source,
      types: this.#definitions(types, (type) => this.#type(type)),
      commands: this.#definitions(commands, (command) => this.#command(command)),
      events: this.#definitions(events, (event) => this.#event(event)),
    };
    for (let fill = this.#pending.pop(); fill !== undefined; fill = this.#pending.pop()) fill();
    return result;
  }

  #definitions<T extends Type | Definition>(
    all: ReadonlyMap<string, T>,
    apply: (item: T) => T,
  ): Map<string, T> {
    const kept = [...all].filter(([, item]) => !('condition' in item) || this.#remains(item));
    return new Map(kept.map(([name, item]) => [name, apply(item)]));
  }

  #remains({ condition }: Pick<Element, 'condition'>): boolean {
    return evaluate(condition, this.#symbols) !== false;
  }

  /** A copy without the condition, or with what is left of it. */
  #element<T extends Element>({ condition, features, ...rest }: T) {
    return { ...rest, ...this.#condition(condition), features: this.#features(features) };
  }

  #condition(condition: Element['condition']): Pick<Element, 'condition'> {
    const left = condition && simplify(condition, this.#symbols);
    return left === undefined || typeof left === 'boolean' ? {} : { condition: left };
  }

  #features(features: readonly Feature[]): Feature[] {
    return features
      .filter((feature) => this.#remains(feature))
      .map(({ condition, ...rest }) => ({ ...rest, ...this.#condition(condition) }));
  }

  #elements<T extends Element, U>(elements: readonly T[], apply: (element: T) => U): U[] {
    return elements.filter((element) => this.#remains(element)).map(apply);
  }

  #type(type: Type): Type {
    if (type.kind === 'builtin') return type;
    const known = this.#types.get(type);
    if (known !== undefined) return known;
    switch (type.kind) {
      case 'enum': {
        const values = this.#elements(type.values, (value) => this.#element(value));
        return this.#remember(type, { ...this.#element(type), values });
      }
      case 'array': {
        const copy: Mutable<ArrayType> = { ...type };
        this.#pending.push(() => {
          copy.element = this.#type(type.element);
        });
        return this.#remember(type, copy);
      }
      case 'alternate': {
        const copy: Mutable<AlternateType> = { ...this.#element(type), alternatives: [] };
        this.#pending.push(() => {
          copy.alternatives = this.#elements(type.alternatives, (branch) => ({
            ...this.#element(branch),
            type: this.#type(branch.type),
          }));
        });
        return this.#remember(type, copy);
      }
      case 'object':
        return this.#object(type);
    }
  }

  #remember<T extends Type>(type: Type, copy: T): T {
    this.#types.set(type, copy);
    return copy;
  }

  #object(type: ObjectType): ObjectType {
    const known = this.#types.get(type);
    if (known?.kind === 'object') return known;
    const { base, localMembers, members, variants, ...rest } = type;
    const copy = Object.assign(emptyObject(type.name, type.meta), this.#element(rest));
    this.#pending.push(() => {
      if (base !== undefined) copy.base = this.#object(base);
      copy.localMembers = this.#elements(localMembers, (member) => this.#member(member));
      copy.members = this.#elements(members, (member) => this.#member(member));
      if (variants === undefined) return;
      const branches = this.#elements([...variants.branches.values()], (branch): Branch => ({
        ...this.#element(branch),
        type: this.#object(branch.type),
      }));
      copy.variants = {
        tag: this.#member(variants.tag),
        branches: new Map(branches.map((branch) => [branch.name, branch])),
      };
    });
    return this.#remember(type, copy);
  }

  #member(member: Member): Member {
    const known = this.#members.get(member);
    if (known !== undefined) return known;
    const copy = { ...this.#element(member), type: this.#type(member.type) };
    this.#members.set(member, copy);
    return copy;
  }

  #command({ arguments: data, returns, ...rest }: Command): Command {
    return {
      ...this.#element(rest),
      ...(data && { arguments: this.#object(data) }),
      ...(returns && { returns: this.#type(returns) }),
    };
  }

  #event({ data, ...rest }: Event): Event {
    return { ...this.#element(rest), ...(data && { data: this.#object(data) }) };
  }
}
