/**
 * Releases of QEMU, and which of them knows what: the differences between releases are data on the rules and tables
 * that they change.
 */

/** A release as `MAJOR.MINOR`. */
export type Release = `${number}.${number}`;

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

function includes({ since, until }: Releases, release: Release): boolean {
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
