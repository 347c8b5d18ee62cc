/**
 * The result of the comparison of two schemas.
 */
import type { ChangeKind } from './rules.js';
import type { Direction, Compatibility } from './compatibility.js';

/**
 * Why there is no promise that something stays as it is: it has the feature `unstable`; its name is one of downstream
 * (`__RFQDN_…`), or in a schema that knows no `unstable` yet that of an experiment (`x-…`); or the builds of one and
 * the same QEMU differ in it.
 *
 * @public
 */
export type Exemption = 'unstable' | 'downstream' | 'experimental' | 'conditional';

/**
 * One difference. A type that is used in many places changes once in each direction, at the shortest path to it.
 *
 * @public
 */
export interface Change {
  readonly kind: ChangeKind;
  /** `blockdev-add/arguments/driver=nvme/device`; `[]` for elements of an array, `:object` for a branch of an alternate. */
  readonly path: string;
  /** The command or event that the path starts with. */
  readonly definition: string;
  readonly meta: 'command' | 'event';
  readonly direction: Direction;
  /** What the rules say, exemptions not considered. */
  readonly verdict: Compatibility;
  /** What has changed; the path says where. */
  readonly message: string;
  /** Why the rules say so. */
  readonly reason: string;
  readonly exemption?: Exemption;
  /** The old schema had marked it as deprecated. */
  readonly deprecated: boolean;
  /** How many other members, arrays and branches have the same change, because they are of the same type. */
  readonly otherPlaces: number;
  /** So many other commands and events the change reaches; absent if it would take too long to find them. */
  readonly otherDefinitions?: number;
  /** Their names in order, at most a hundred. */
  readonly alsoIn?: readonly string[];
  /** Where the element is written, as `FILE:LINE`; absent on a side that has no such element, or no files. */
  readonly at: { readonly a?: string; readonly b?: string };
}

/**
 * All changes between two schemas.
 *
 * @public
 */
export interface SchemaDiff {
  readonly breaking: readonly Change[];
  readonly compatible: readonly Change[];
  /** What would be breaking if there were a promise, and what may be a matter of the build only. */
  readonly exempt: readonly Change[];
  /** False: there was too much to compare, and changes may be missing. */
  readonly complete: boolean;
}
