/**
 * Compares two objects by which members go together, not by whether they are in a base, the type itself or a branch.
 */
import { isEmptyObject } from '../model/mutable.js';
import type { Branch, Element, EnumType, Member, ObjectType } from '../model/schema.js';
import {
  byName,
  nothing,
  hasComparableFeatures,
  type Comparison,
  type Matching,
  type Context,
} from './comparison.js';
import { extend } from './path.js';
import { describe } from './relation.js';

type Members = ReadonlyMap<string, Member>;

/** Notes what differs between two objects. */
export function compareObjects(comparison: Comparison, a: ObjectType, b: ObjectType, context: Context): void {
  if (hasComparableFeatures(a, b)) comparison.features(a.features, b.features, context);
  const [olds, news] = [byName(a.members), byName(b.members)];
  const tag = tagOf(a, b);
  if (tag === undefined) {
    if (a.variants !== undefined && b.variants !== undefined) {
      const detail = `${a.variants.tag.name} to ${b.variants.tag.name}`;
      comparison.note('discriminator-changed', context, a, b, detail);
    }
    comparison.match(olds, news, context, '/', members(comparison));
    return;
  }
  new Unions(comparison, a, b, tag, context).compare(olds, news);
}

/** What distinguishes the branches of both; of a struct, any member that does so in the union in its place. */
function tagOf(a: ObjectType, b: ObjectType): string | undefined {
  const [old, now] = [a.variants?.tag.name, b.variants?.tag.name];
  return old === undefined || now === undefined || old === now ? (old ?? now) : undefined;
}

function members(comparison: Comparison): Matching<Member> {
  return {
    removed: ({ optional }) => (optional ? 'optional-removed' : 'mandatory-removed'),
    added: ({ optional }) => (optional ? 'optional-added' : 'mandatory-added'),
    detail: ({ type }) => describe(type),
    both: (old, now, at) => {
      if (old.optional !== now.optional) {
        comparison.note(now.optional ? 'made-optional' : 'made-mandatory', at, old, now);
      }
      compareMember(comparison, old, now, at);
    },
  };
}

function compareMember(comparison: Comparison, old: Member, now: Member, at: Context): void {
  comparison.features(old.features, now.features, at);
  comparison.types(old.type, now.type, at, old, now);
}

/** A value of the discriminator that both sides have, and what it selects. */
interface Selected {
  readonly value: string;
  readonly a: ObjectType;
  readonly b: ObjectType;
  readonly old: Branch | undefined;
  readonly now: Branch | undefined;
}

class Unions {
  readonly #comparison: Comparison;
  readonly #tag: string;
  readonly #context: Context;
  readonly #selected: readonly Selected[];
  /** Members that are common to all values on one side only, with the values whose branches now have them. */
  readonly #moved = new Map<string, string[]>();

  constructor(comparison: Comparison, a: ObjectType, b: ObjectType, tag: string, context: Context) {
    this.#comparison = comparison;
    this.#tag = tag;
    this.#context = context;
    this.#selected = valuesOf(a, b, tag).map((value) => {
      const [old, now] = [a.variants?.branches.get(value), b.variants?.branches.get(value)];
      return { value, a: old?.type ?? nothing, b: now?.type ?? nothing, old, now };
    });
  }

  compare(olds: Members, news: Members): void {
    this.#findMoved(olds, news);
    const left = (all: Members) => new Map([...all].filter(([name]) => !this.#moved.has(name)));
    const matching = members(this.#comparison);
    this.#comparison.match(left(olds), left(news), this.#context, '/', {
      ...matching,
      both: (old, now, at) => {
        if (old.name === this.#tag && this.#discriminates(old, now, at)) return;
        matching.both(old, now, at);
      },
    });
    for (const [name, values] of this.#moved) this.#toBranches(olds.get(name), values);
    for (const selected of this.#selected) this.#branch(selected, olds, news);
  }

  /** The values of the discriminator are the branches. */
  #discriminates(old: Member, now: Member, at: Context): boolean {
    if (old.type.kind !== 'enum' || now.type.kind !== 'enum' || old.optional || now.optional) return false;
    this.#comparison.features(old.features, now.features, at);
    this.#comparison.enums(old.type, now.type, at, 'branch');
    return true;
  }

  #findMoved(olds: Members, news: Members): void {
    for (const { value, a, b } of this.#selected) {
      if (!this.#comparison.spend(a.members.length + b.members.length)) return;
      for (const { name } of a.members) {
        if (news.has(name) && !olds.has(name) && !this.#moved.has(name)) this.#moved.set(name, []);
      }
      for (const { name } of b.members) {
        if (!olds.has(name) || news.has(name)) continue;
        const values = this.#moved.get(name);
        if (values === undefined) this.#moved.set(name, [value]);
        else values.push(value);
      }
    }
  }

  /** A common member that is now in some branches only. */
  #toBranches(old: Member | undefined, values: readonly string[]): void {
    if (old === undefined || (values.length === this.#selected.length && !old.optional)) return;
    const at = this.#comparison.at(this.#context, `/${old.name}`, old, undefined);
    const kind = old.optional ? 'moved-to-branches' : 'mandatory-removed';
    this.#comparison.note(kind, at, old, undefined, `left with ${listed(values)}`);
  }

  #branch({ value, a, b, old, now }: Selected, olds: Members, news: Members): void {
    const context = this.#branchContext(value, old, now, a, b);
    if (this.#moved.size === 0) {
      this.#comparison.types(a, b, context, a, b);
      return;
    }
    // What has moved is compared with what it was; the rest as if nothing had moved.
    const [before, after] = [byName(a.members), byName(b.members)];
    for (const name of this.#moved.keys()) {
      if (!this.#comparison.spend(1)) return;
      const [from, to] = [olds.get(name) ?? before.get(name), news.get(name) ?? after.get(name)];
      before.delete(name);
      after.delete(name);
      if (to === undefined) continue;
      const at = this.#comparison.at(context, `/${name}`, from, to);
      if (from === undefined) {
        const kind = to.optional ? 'optional-added' : 'mandatory-added';
        this.#comparison.note(kind, at, undefined, to, describe(to.type));
      } else {
        const wasCommon = olds.has(name) && from.optional;
        if (from.optional !== to.optional && !wasCommon) {
          this.#comparison.note(to.optional ? 'made-optional' : 'made-mandatory', at, from, to);
        }
        compareMember(this.#comparison, from, to, at);
      }
    }
    this.#comparison.types(without(a, before), without(b, after), context, a, b);
  }

  /**
   * A branch may have a condition that its value does not have. Then it is missing as a whole in some builds, which
   * shows as a branch without members.
   */
  #branchContext(
    value: string,
    old: Branch | undefined,
    now: Branch | undefined,
    a: ObjectType,
    b: ObjectType,
  ): Context {
    const path = extend(this.#context.path, `/${this.#tag}=${value}`);
    const absent = (branch: Branch | undefined, type: ObjectType): Element | undefined =>
      isEmptyObject(type) ? undefined : branch;
    const { exemption } = this.#comparison.at(this.#context, '', absent(old, a), absent(now, b));
    return { ...this.#context, path, exemption };
  }
}

/** The values of the discriminator that both sides have; where it is new, all of them. */
function valuesOf(a: ObjectType, b: ObjectType, tag: string): string[] {
  const [old, now] = [a, b].map((type) => enumOf(type, tag));
  const known = new Set(old?.values.map(({ name }) => name));
  const values = (now ?? old)?.values.map(({ name }) => name) ?? [];
  return old === undefined || now === undefined ? values : values.filter((value) => known.has(value));
}

function enumOf({ members }: ObjectType, name: string): EnumType | undefined {
  const type = members.find((member) => member.name === name)?.type;
  return type?.kind === 'enum' ? type : undefined;
}

/** The same branch with only some of its members. */
function without(type: ObjectType, left: Members): ObjectType {
  if (left.size === type.members.length) return type;
  const members = [...left.values()];
  return { ...type, members, localMembers: members };
}

const LISTED = 5;

function listed(values: readonly string[]): string {
  const more = values.length - LISTED;
  return `${values.slice(0, LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
