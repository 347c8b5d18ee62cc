/**
 * What names may look like.
 */
import type { QapiErrorCode } from '../../model/error.js';
import type { Pragmas } from '../../modules/pragma.js';
import { isEnforced } from '../../model/release.js';
import type { Release, Releases } from '../../model/release.js';

/** What a name is for. */
export type NameRole =
  | 'type'
  | 'command'
  | 'event'
  | 'member'
  | 'optional-member'
  | 'value'
  | 'feature'
  /** Of a union with a discriminator: a value of an enumeration, which is judged there. */
  | 'union-branch'
  | 'simple-branch'
  | 'alternative';

interface NameRule {
  readonly code: QapiErrorCode;
  readonly releases: Releases;
  /** True: the rule also holds where no release is given. */
  readonly byDefault?: boolean;
  readonly roles?: readonly NameRole[];
  /** Completes the sentence "the name of X …" when the name breaks the rule. */
  readonly broken: (name: string, naming: Naming) => string | false;
}

/** The circumstances of a name. */
interface Naming {
  readonly role: NameRole;
  /** Is the name listed in a pragma, or part of a definition that is? */
  readonly isException: boolean;
}

const VALID = /^(?:__[a-z0-9.-]+_)?(?:x-)?([a-z][a-z0-9_-]*)$/i;
const CAMEL = /^[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*$/;
const EVERY_RELEASE: Releases = {};
const NAMED_FREELY: Releases = { until: '6.0' };
const NAMED_BY_ROLE: Releases = { since: '6.0' };

/** The name as an identifier of C: names that differ only in `-`, `.` and `_` collide there. */
export function cName(name: string): string {
  // Names have no other characters that C lacks.
  return name.includes('-') || name.includes('.') ? name.replace(/[-.]/g, '_') : name;
}

/** The name without what its makers (`__org.example_`) or its state (`x-`) put in front. */
function stem(name: string): string {
  return VALID.exec(name)?.[1] ?? name;
}

/** What every name must look like. */
function malformed(name: string, { role }: Naming): string | false {
  const isDigit = role === 'value' && /^\d/.test(name);
  if (VALID.test(isDigit ? `d${name}` : name) && !cName(name).startsWith('q_')) return false;
  return "must consist of letters, digits, '-' and '_', start with a letter, and not start with 'q_'";
}

function reserved(name: string): string | false {
  return (cName(name) === 'u' || cName(name).startsWith('has_')) && 'is reserved';
}

const rules: readonly NameRule[] = [
  {
    code: 'bad-name',
    releases: EVERY_RELEASE,
    roles: [
      'type',
      'command',
      'event',
      'member',
      'optional-member',
      'value',
      'feature',
      'simple-branch',
      'alternative',
    ],
    broken: malformed,
  },
  { code: 'bad-name', releases: NAMED_FREELY, roles: ['union-branch'], broken: malformed },
  {
    code: 'reserved-name',
    releases: EVERY_RELEASE,
    roles: ['type'],
    broken: (name) => name.endsWith('List') && "must not end in 'List'",
  },
  {
    code: 'reserved-name',
    releases: { until: '6.0' },
    roles: ['command', 'event'],
    broken: (name) => name.endsWith('List') && "must not end in 'List'",
  },
  {
    code: 'reserved-name',
    releases: { until: '6.2' },
    roles: ['type', 'command', 'event'],
    broken: (name) => name.endsWith('Kind') && "must not end in 'Kind'",
  },
  {
    code: 'reserved-name',
    releases: EVERY_RELEASE,
    roles: ['member'],
    broken: reserved,
  },
  // Older front ends look at the name with the '*' in front, which hides what they look for.
  {
    code: 'reserved-name',
    releases: NAMED_BY_ROLE,
    byDefault: true,
    roles: ['optional-member'],
    broken: reserved,
  },
  {
    code: 'bad-name',
    releases: NAMED_FREELY,
    roles: ['member', 'optional-member', 'value', 'feature', 'union-branch', 'simple-branch', 'alternative'],
    broken: (name, { isException }) => !isException && /[A-Z]/.test(name) && 'must not use uppercase',
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['member', 'optional-member', 'value', 'feature', 'simple-branch', 'alternative'],
    broken: (name, { isException }) =>
      !isException && /[A-Z_]/.test(stem(name)) && "must not use uppercase or '_'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['command'],
    broken: (name, { isException }) =>
      (isException ? /[A-Z]/ : /[A-Z_]/).test(stem(name)) && "must not use uppercase or '_'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['event'],
    broken: (name) => /[a-z-]/.test(stem(name)) && "must not use lowercase or '-'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['type'],
    broken: (name) => !CAMEL.test(stem(name)) && 'must be in CamelCase',
  },
];

/** Names are many, rules for one role few; so the rules are picked once. */
const picked = new Map<Release | undefined, Map<NameRole, readonly NameRule[]>>();

function rulesFor(role: NameRole, release: Release | undefined): readonly NameRule[] {
  const byRole = picked.get(release) ?? new Map<NameRole, readonly NameRule[]>();
  picked.set(release, byRole);
  const known = byRole.get(role);
  if (known !== undefined) return known;
  const found = rules.filter(
    ({ roles, releases, byDefault }) =>
      roles?.includes(role) !== false &&
      (isEnforced(releases, release) || (release === undefined && byDefault === true)),
  );
  byRole.set(role, found);
  return found;
}

/**
 * Judges a name.
 *
 * @param name the name
 * @param role what it is for
 * @param owner the type that a member or value belongs to, if that has a name
 * @param pragmas the exceptions that the schema asks for
 * @param release whose rules hold; absent: those of all releases
 * @returns what is wrong, as the end of the sentence "the name of X …"; undefined when nothing is
 */
export function checkName(
  name: string,
  role: NameRole,
  owner: string | undefined,
  pragmas: Pragmas,
  release: Release | undefined,
): { readonly code: QapiErrorCode; readonly broken: string } | undefined {
  const isException =
    role === 'command'
      ? pragmas.commandNames.has(name)
      : (role === 'member' || role === 'optional-member' || role === 'value') &&
        owner !== undefined &&
        pragmas.memberNames.has(owner);
  for (const { code, broken } of rulesFor(role, release)) {
    const complaint = broken(name, { role, isException });
    if (complaint !== false) return { code, broken: complaint };
  }
  return undefined;
}
