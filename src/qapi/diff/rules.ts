/**
 * Which changes break clients: the compatibility rules, one row for each kind of change.
 *
 * Source: QEMU's docs/devel/qapi-code-gen, Compatibility considerations, and Client JSON Protocol introspection. Where
 * these say nothing, what is compatible follows from what is admitted: a server must go on to accept whatever clients
 * were allowed to send, and must not send what they were not told to expect, save what they can ignore.
 */
import type { Direction, Compatibility } from './compatibility.js';

/** What a change does to clients, and why. */
export interface Ruling {
  readonly verdict: Compatibility;
  readonly reason: string;
}

/** A kind of change in words, and the rulings for what clients send and for what they receive. */
type Row = { readonly what: string } & (
  { readonly send: Ruling; readonly receive: Ruling } | { readonly both: Ruling }
);

const breaks = (reason: string): Ruling => ({ verdict: 'breaking', reason });
const fits = (reason: string): Ruling => ({ verdict: 'compatible', reason });

const UNKNOWN = 'clients ignore what they do not know';
const OPT_IN = 'clients that do not know it need not use it';
const REFUSED = 'what clients may send is refused';
const UNSENT = 'clients wait for what does not come, unless it could not come before either';
const FEWER = 'clients get less than they are prepared for';

export const rows = {
  'command-added': { what: 'command added', both: fits(OPT_IN) },
  'command-removed': { what: 'command removed', both: breaks('clients that use it are refused') },
  'event-added': { what: 'event added', both: fits(UNKNOWN) },
  'event-removed': { what: 'event removed', both: breaks(UNSENT) },

  'mandatory-added': {
    what: 'mandatory member added',
    send: breaks('clients that do not know it are refused'),
    receive: fits(UNKNOWN),
  },
  'optional-added': { what: 'optional member added', send: fits(OPT_IN), receive: fits(UNKNOWN) },
  'mandatory-removed': {
    what: 'mandatory member removed',
    send: breaks(REFUSED),
    receive: breaks('clients rely on it'),
  },
  'optional-removed': { what: 'optional member removed', send: breaks(REFUSED), receive: breaks(UNSENT) },
  'made-optional': {
    what: 'mandatory member made optional',
    send: fits('clients that send it may go on'),
    receive: breaks('clients rely on it'),
  },
  'made-mandatory': {
    what: 'optional member made mandatory',
    send: breaks('clients that leave it out are refused'),
    receive: fits('clients that can do without get it all the same'),
  },
  'moved-to-branches': {
    what: 'optional member is one of some branches only',
    both: fits('where it had a meaning it is still taken; a schema cannot say where else it had one'),
  },

  'value-added': { what: 'value added', send: fits(OPT_IN), receive: fits(UNKNOWN) },
  'value-removed': { what: 'value removed', send: breaks(REFUSED), receive: fits(FEWER) },
  'branch-added': { what: 'branch added', send: fits(OPT_IN), receive: fits(UNKNOWN) },
  'branch-removed': { what: 'branch removed', send: breaks(REFUSED), receive: fits(FEWER) },
  'discriminator-changed': {
    what: 'discriminator changed',
    both: breaks('which members belong together depends on another member'),
  },

  'alternative-added': {
    what: 'alternative added',
    send: fits(OPT_IN),
    receive: breaks('clients get a JSON type that they cannot expect'),
  },
  'alternative-removed': { what: 'alternative removed', send: breaks(REFUSED), receive: fits(FEWER) },
  'to-alternate': {
    what: 'type turned into an alternate of it',
    send: fits('what clients may send is still one of the alternatives'),
    receive: breaks('clients get a JSON type that they cannot expect'),
  },
  'from-alternate': {
    what: 'alternate turned into one of its types',
    send: breaks(REFUSED),
    receive: fits(FEWER),
  },

  'type-changed': { what: 'type changed', both: breaks('the JSON types have nothing in common') },
  'type-widened': {
    what: 'type widened',
    send: fits('it admits whatever it did'),
    receive: breaks('clients get what they cannot expect'),
  },
  'type-narrowed': { what: 'type narrowed', send: breaks(REFUSED), receive: fits(FEWER) },
  'enum-to-string': {
    what: 'enumeration turned into a string',
    both: fits('as if any value were added'),
  },
  'string-to-enum': {
    what: 'string turned into an enumeration',
    both: fits('QEMU does so where no other string was of use; see that none is missing'),
  },
  'range-widened': {
    what: 'integer range widened',
    send: fits('it admits whatever it did'),
    receive: fits('QMP has one type of integers, so clients must not rely on a width'),
  },
  'range-narrowed': { what: 'integer range narrowed', send: breaks(REFUSED), receive: fits(FEWER) },

  'feature-added': { what: 'feature added', both: fits('features tell clients of something on top') },
  'feature-removed': {
    what: 'feature removed',
    both: breaks('clients that look for it conclude that they cannot do what it stands for'),
  },
  'deprecated-added': { what: 'deprecated', both: fits('it works until it is removed') },
  'deprecated-removed': { what: 'deprecated no more', both: fits('it stays') },
  'unstable-added': {
    what: 'unstable from now on',
    both: fits('nothing changes yet, but nothing is promised any more'),
  },
  'unstable-removed': { what: 'unstable no more', both: fits('from now on it stays as it is') },

  'out-of-band-added': { what: 'may be executed out of band', both: fits(OPT_IN) },
  'out-of-band-removed': { what: 'out-of-band execution removed', both: breaks(REFUSED) },
  'preconfig-added': { what: 'may be executed before the machine is configured', both: fits(OPT_IN) },
  'preconfig-removed': {
    what: 'execution before the machine is configured removed',
    both: breaks(REFUSED),
  },
  'response-added': { what: 'success is answered', both: fits(UNKNOWN) },
  'response-removed': {
    what: 'success is not answered any more',
    both: breaks('clients wait for the answer'),
  },
  'check-added': {
    what: 'arguments are checked against the schema now',
    both: breaks('arguments that the schema does not name are refused'),
  },
  'check-removed': {
    what: 'arguments are not checked against the schema any more',
    both: fits('it admits whatever it did'),
  },

  'condition-added': {
    what: 'only built under a condition',
    both: breaks('builds without it do not have it'),
  },
  'condition-changed': { what: 'built under another condition', both: breaks('builds may lose it') },
  'condition-removed': { what: 'always built', both: fits('more builds have it') },
} as const satisfies Readonly<Record<string, Row>>;

/**
 * A kind of change, such as `mandatory-removed`; the rules say for each whether it breaks clients.
 *
 * @public
 */
export type ChangeKind = keyof typeof rows;

/** The ruling on a kind of change, and the change in words. */
export function rulingOf(kind: ChangeKind, direction: Direction): Ruling & { readonly what: string } {
  const row: Row = rows[kind];
  return { what: row.what, ...('both' in row ? row.both : row[direction]) };
}

/** @returns whether the ruling is the same in both directions, so that one report is enough */
export function isOneForBoth(kind: ChangeKind): boolean {
  return 'both' in rows[kind];
}
