/**
 * Releases of QEMU, and the rules that hold in them. What differs between releases is data on the rule or table row
 * that differs; whatever reads that data asks {@link ReleaseRules}.
 */

/**
 * A release as `MAJOR.MINOR`.
 *
 * @public
 */
export type Release = `${number}.${number}`;

/**
 * All releases whose rules are known, oldest first.
 *
 * @public
 */
export const RELEASES: readonly Release[] = [
  '2.8',
  '2.9',
  '2.10',
  '2.11',
  '2.12',
  '3.0',
  '3.1',
  '4.0',
  '4.1',
  '4.2',
  '5.0',
  '5.1',
  '5.2',
  '6.0',
  '6.1',
  '6.2',
  '7.0',
  '7.1',
  '7.2',
  '8.0',
  '8.1',
  '8.2',
  '9.0',
  '9.1',
  '9.2',
  '10.0',
  '10.1',
  '10.2',
  '11.0',
  '11.1',
];

/**
 * Finds a release by its name.
 *
 * @returns the release of that name, undefined when there is none
 *
 * @public
 */
export function releaseNamed(name: string): Release | undefined {
  return RELEASES.find((release) => release === name);
}

/** The releases that know something; both ends absent: all of them. */
export interface Releases {
  /** The first release. */
  readonly since?: Release;
  /** The first release that does not know it any more. */
  readonly until?: Release;
}

function number(release: Release): number {
  const [major, minor] = release.split('.');
  return Number(major) * 1000 + Number(minor);
}

/** @returns whether a release is among those that know something */
function includes({ since, until }: Releases, release: Release): boolean {
  const at = number(release);
  return (since === undefined || number(since) <= at) && (until === undefined || at < number(until));
}

/**
 * @param release the release whose rules hold; absent: any release
 * @returns whether something may be used; without a release whatever some release knows may be
 */
export function isAllowed(releases: Releases, release: Release | undefined): boolean {
  return release === undefined || includes(releases, release);
}

/**
 * The rules that hold in one check of a schema: those of a release, or those that all releases agree on.
 *
 * The object collects at which releases its answers change. It belongs to a single check, which passes it on to
 * everything that asks, so that the breakpoints say what this check depended on and nothing else.
 */
export class ReleaseRules {
  readonly release: Release | undefined;
  readonly #breakpoints = new Set<Release>();

  /** @param release absent: no release in particular */
  constructor(release: Release | undefined) {
    this.release = release;
  }

  /** @returns whether something may be used; without a release whatever some release knows may be */
  allows(releases: Releases): boolean {
    return this.release === undefined || this.#includes(releases, this.release);
  }

  /** @returns whether a rule must be kept; without a release only rules that all releases have must be */
  enforces(releases: Releases): boolean {
    return this.release === undefined
      ? releases.since === undefined && releases.until === undefined
      : this.#includes(releases, this.release);
  }

  /** The releases at which an answer given so far begins or ceases to hold. */
  get ruleBreakpoints(): ReadonlySet<Release> {
    return this.#breakpoints;
  }

  #includes(releases: Releases, release: Release): boolean {
    if (releases.since !== undefined) this.#breakpoints.add(releases.since);
    if (releases.until !== undefined) this.#breakpoints.add(releases.until);
    return includes(releases, release);
  }
}

/**
 * Tells whether a check by the rules of one of two releases may end differently from a check by those of the other.
 * When no breakpoint lies between them, every question of the check has the same answer in both, so the check takes
 * the same course.
 *
 * @param ruleBreakpoints what a check by the rules of either release has collected
 * @param older not newer than the other
 */
export function rulesDiffer(ruleBreakpoints: Iterable<Release>, older: Release, newer: Release): boolean {
  return [...ruleBreakpoints].some((at) => number(older) < number(at) && number(at) <= number(newer));
}
