/**
 * Which strings and values valid arguments may have at a place, so that running them for real harms nothing
 * but the target.
 */

import { restrictionRows, type Restriction } from './restriction-table.js';
import { stringRows } from './string-role-table.js';
import { PlaceTable, type Place } from './place.js';
import type { StringRole } from './string-role.js';

const roles = new PlaceTable(stringRows);
const restrictions = new PlaceTable(restrictionRows);

/** What the string at a place is for; undefined where nobody has looked at it: a plain word is as good as any. */
export function stringRole(place: Place): StringRole | undefined {
  return roles.find(place)?.role;
}

/**
 * The values to which valid cases are limited at a place, because others would block, fill memory or disks, or reach
 * out of the run. To be asked for the member's whole value: where it is an array, the values are arrays. Values that
 * the type does not have (a schema may be older or newer) are to be skipped.
 */
export function restriction(place: Place): Pick<Restriction, 'values' | 'reason' | 'always'> | undefined {
  return restrictions.find(place);
}

/** Discriminators' values that some command may not be sent: where any other will do, it had better be another. */
export const leftOutBranches: ReadonlySet<string> = new Set(
  restrictionRows.flatMap(({ leftOut }) => Object.keys(leftOut ?? {})),
);

/**
 * A string for a role which is safe to send.
 *
 * @param folder the private folder of the run, or what stands for it
 * @param word short and plain, without `/` and `:`
 */
export function safeStringFor(role: StringRole | undefined, folder: string, word: string): string {
  switch (role) {
    case 'instance':
      return prefixed(NOBODY, word);
    case 'new-name':
      // What is made is never what is not there.
      return prefixed(NEW, word);
    case 'file':
    case 'socket':
      return `${folder}/${word}`;
    case 'directory':
      return folder;
    case 'host':
      return LOOPBACK;
    case 'port':
      return NO_PORT;
    case 'address':
      return `${LOOPBACK}:${NO_PORT}`;
    case 'url':
      return `http://${LOOPBACK}:${NO_PORT}/`;
    case 'migration-uri':
      return `unix:${folder}/${word}`;
    case 'word':
    case undefined:
      return word;
  }
}

function prefixed(prefix: string, word: string): string {
  return word.startsWith(prefix) ? word : `${prefix}${word}`;
}

/** Names that start with this surely do not exist. */
const NOBODY = 'qmpspec-';
const NEW = 'new-';
const LOOPBACK = '127.0.0.1';
/** A server that listens there gets a free port, and a client that connects is refused at once. */
const NO_PORT = '0';
