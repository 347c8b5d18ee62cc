/**
 * Releases of QEMU, and which of them knows what: the differences between releases are data on the rules and tables
 * that they change.
 */

/** A release as `MAJOR.MINOR`. */
export type Release = `${number}.${number}`;

/** All releases whose rules are known, oldest first. */
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

/** @returns the release of that name, undefined when there is none */
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

/** The releases at which something that was asked for begins or ends. */
const turns = new Set<Release>();

/**
 * Can two releases judge differently? Not if nothing that has been asked for so far changed between them. To be asked
 * after one of them has judged: then all is known that can make a difference to the other.
 *
 * @param older not newer than the other
 */
export function mayDiffer(older: Release, newer: Release): boolean {
  return [...turns].some((turn) => number(older) < number(turn) && number(turn) <= number(newer));
}

function includes({ since, until }: Releases, release: Release): boolean {
  if (since !== undefined) turns.add(since);
  if (until !== undefined) turns.add(until);
  const at = number(release);
  return (since === undefined || number(since) <= at) && (until === undefined || at < number(until));
}

/**
 * May something be used? Without a release to judge by, what any release allows.
 */
export function isAllowed(releases: Releases, release: Release | undefined): boolean {
  return release === undefined || includes(releases, release);
}

/**
 * Must a rule be kept? Without a release to judge by, only rules of every release.
 */
export function isEnforced(releases: Releases, release: Release | undefined): boolean {
  if (release === undefined) return releases.since === undefined && releases.until === undefined;
  return includes(releases, release);
}
