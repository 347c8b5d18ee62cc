/**
 * Commands that look at their arguments themselves (`gen: false` in their schema), which introspection does not tell.
 */
import { isAllowed, type Release, type Releases } from '../../qapi/index.js';

const commands: ReadonlyMap<string, Releases> = new Map<string, Releases>([
  ['device_add', {}],
  ['object-add', { until: '6.0' }],
  ['query-qmp-schema', { until: '6.0' }],
]);

/**
 * Does the binary check a command's arguments by other means than its schema? Then neither what the schema allows nor
 * what it forbids says what becomes of a request.
 *
 * @param version of the target; when it is unknown, true if that is so in any release
 */
export function checksItself(
  command: string,
  version?: { readonly major: number; readonly minor: number },
): boolean {
  const releases = commands.get(command);
  if (releases === undefined) return false;
  const release: Release | undefined = version && `${version.major}.${version.minor}`;
  return isAllowed(releases, release);
}
