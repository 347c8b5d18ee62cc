/**
 * The rules for names.
 */
import type { QapiErrorCode } from '../../model/error.js';
import type { Pragmas } from '../../modules/pragma.js';
import type { ReleaseRules, Releases } from '../../model/release.js';

/** The kinds of elements that have names, as far as the rules differ. */
export type NameRole =
  | 'type'
  | 'command'
  | 'event'
  | 'member'
  | 'optional-member'
  | 'value'
  | 'feature'
  /** Of a union with a discriminator: a value of an enumeration, whose name is checked there. */
  | 'union-branch'
  | 'simple-branch'
  | 'alternative';

interface NameRule {
  readonly code: QapiErrorCode;
  readonly releases: Releases;
  /** True: the rule also holds where no release is given. */
  readonly byDefault?: boolean;
  readonly roles?: readonly NameRole[];
  /** Returns the end of the sentence "the name of X …" when the name violates the rule, else false. */
  readonly violation: (name: string, naming: Naming) => string | false;
}

/** The circumstances of a name. */
interface Naming {
  readonly role: NameRole;
  /** Whether the name is listed in a pragma, or part of a definition that is. */
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

/** The name without the prefixes of downstream (`__org.example_`) and of experiments (`x-`). */
function stem(name: string): string {
  return VALID.exec(name)?.[1] ?? name;
}

/** The form that every name must have. */
function malformed(name: string, { role }: Naming): string | false {
  const isDigit = role === 'value' && /^\d/.test(name);
  if (VALID.test(isDigit ? `d${name}` : name) && !cName(name).startsWith('q_')) return false;
  return "must consist of letters, digits, '-' and '_', start with a letter, and not start with 'q_'";
}

function reserved(name: string): string | false {
  return (cName(name) === 'u' || cName(name).startsWith('has_')) && 'is reserved';
}

const nameRules: readonly NameRule[] = [
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
    violation: malformed,
  },
  { code: 'bad-name', releases: NAMED_FREELY, roles: ['union-branch'], violation: malformed },
  {
    code: 'reserved-name',
    releases: EVERY_RELEASE,
    roles: ['type'],
    violation: (name) => name.endsWith('List') && "must not end in 'List'",
  },
  {
    code: 'reserved-name',
    releases: { until: '6.0' },
    roles: ['command', 'event'],
    violation: (name) => name.endsWith('List') && "must not end in 'List'",
  },
  {
    code: 'reserved-name',
    releases: { until: '6.2' },
    roles: ['type', 'command', 'event'],
    violation: (name) => name.endsWith('Kind') && "must not end in 'Kind'",
  },
  {
    code: 'reserved-name',
    releases: EVERY_RELEASE,
    roles: ['member'],
    violation: reserved,
  },
  // Older front ends check the name with its leading '*', and so do not find the reserved prefix.
  {
    code: 'reserved-name',
    releases: NAMED_BY_ROLE,
    byDefault: true,
    roles: ['optional-member'],
    violation: reserved,
  },
  {
    code: 'bad-name',
    releases: NAMED_FREELY,
    roles: ['member', 'optional-member', 'value', 'feature', 'union-branch', 'simple-branch', 'alternative'],
    violation: (name, { isException }) => !isException && /[A-Z]/.test(name) && 'must not use uppercase',
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['member', 'optional-member', 'value', 'feature', 'simple-branch', 'alternative'],
    violation: (name, { isException }) =>
      !isException && /[A-Z_]/.test(stem(name)) && "must not use uppercase or '_'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['command'],
    violation: (name, { isException }) =>
      (isException ? /[A-Z]/ : /[A-Z_]/).test(stem(name)) && "must not use uppercase or '_'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['event'],
    violation: (name) => /[a-z-]/.test(stem(name)) && "must not use lowercase or '-'",
  },
  {
    code: 'bad-name',
    releases: NAMED_BY_ROLE,
    roles: ['type'],
    violation: (name) => !CAMEL.test(stem(name)) && 'must be in CamelCase',
  },
];

/** What is wrong with a name. */
export interface NameViolation {
  readonly code: QapiErrorCode;
  /** The end of the sentence "the name of X …". */
  readonly message: string;
}

/**
 * Checks the names of one schema. The rules for each role are selected once, because names are many and the rules for
 * one role few.
 */
export class NameChecker {
  readonly #pragmas: Pragmas;
  readonly #rules: ReleaseRules;
  readonly #byRole = new Map<NameRole, readonly NameRule[]>();

  /**
   * @param pragmas the exceptions that the schema asks for
   * @param rules the rules that hold
   */
  constructor(pragmas: Pragmas, rules: ReleaseRules) {
    this.#pragmas = pragmas;
    this.#rules = rules;
  }

  /**
   * Checks a name.
   *
   * @param name the name
   * @param role the kind of element that has the name
   * @param owner the type that a member or value belongs to, if that has a name
   * @returns the first rule that the name violates; undefined when there is none
   */
  check(name: string, role: NameRole, owner: string | undefined): NameViolation | undefined {
    const isException = this.#isException(name, role, owner);
    for (const { code, violation } of this.#rulesFor(role)) {
      const message = violation(name, { role, isException });
      if (message !== false) return { code, message };
    }
    return undefined;
  }

  #isException(name: string, role: NameRole, owner: string | undefined): boolean {
    if (role === 'command') return this.#pragmas.commandNames.has(name);
    const isListable = role === 'member' || role === 'optional-member' || role === 'value';
    return isListable && owner !== undefined && this.#pragmas.memberNames.has(owner);
  }

  #rulesFor(role: NameRole): readonly NameRule[] {
    const known = this.#byRole.get(role);
    if (known !== undefined) return known;
    const found = nameRules.filter(
      ({ roles, releases, byDefault }) =>
        roles?.includes(role) !== false &&
        (this.#rules.enforces(releases) || (this.#rules.release === undefined && byDefault === true)),
    );
    this.#byRole.set(role, found);
    return found;
  }
}
