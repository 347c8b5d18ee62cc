/**
 * The keys of definitions of each meta-type and of their parts.
 */
import type { Releases } from '../../model/release.js';
import type { Meta } from '../definition/index.js';

export interface KeyRule {
  /** The releases in which the key is mandatory; absent: it is always optional. */
  readonly required?: Releases;
  /** The releases that know the key; absent: all. */
  readonly known?: Releases;
}

export type KeyRules = ReadonlyMap<string, KeyRule>;

function keys(rules: Readonly<Record<string, KeyRule>>): KeyRules {
  return new Map(Object.entries(rules));
}

const always: Releases = {};
const optional: KeyRule = {};
const mandatory: KeyRule = { required: always };

const conditional: KeyRule = { known: { since: '3.0' } };
/** Conditions inside definitions came one release after those of definitions. */
const nested: KeyRule = { known: { since: '4.0' } };
const featured: KeyRule = { known: { since: '5.0' } };
const common = { if: conditional, features: featured };

/** By meta-type; the key that is called like the meta-type holds the name. */
export const definitionKeys: Readonly<Record<Meta, KeyRules>> = {
  enum: keys({ enum: mandatory, data: mandatory, prefix: optional, ...common }),
  struct: keys({
    struct: mandatory,
    data: mandatory,
    base: optional,
    ...common,
    features: { known: { since: '4.1' } },
  }),
  union: keys({
    union: mandatory,
    data: mandatory,
    // Unions without these were called simple; their branches came wrapped.
    base: { required: { since: '6.2' } },
    discriminator: { required: { since: '6.2' } },
    ...common,
  }),
  alternate: keys({ alternate: mandatory, data: mandatory, ...common }),
  command: keys({
    command: mandatory,
    data: optional,
    returns: optional,
    boxed: optional,
    gen: optional,
    'success-response': optional,
    'allow-oob': { known: { since: '2.12' } },
    'allow-preconfig': { known: { since: '3.0' } },
    coroutine: { known: { since: '5.2' } },
    ...common,
    features: { known: { since: '4.2' } },
  }),
  event: keys({ event: mandatory, data: optional, boxed: optional, ...common }),
};

export const metas = Object.keys(definitionKeys) as readonly Meta[];

/** The long forms of what may also be written as a string. */
export const featureKeys = keys({ name: mandatory, if: nested });
export const valueKeys = keys({ name: mandatory, if: nested, features: { known: { since: '6.2' } } });
export const memberKeys = keys({ type: mandatory, if: nested, features: featured });
export const branchKeys = keys({ type: mandatory, if: nested });

/** Flags, each with the only value that is allowed. */
export const flagValues: ReadonlyMap<string, boolean> = new Map([
  ['gen', false],
  ['success-response', false],
  ['boxed', true],
  ['allow-oob', true],
  ['allow-preconfig', true],
  ['coroutine', true],
]);
