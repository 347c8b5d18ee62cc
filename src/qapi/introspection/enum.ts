/**
 * Entries of enumerations.
 */
import type { EnumType } from '../model/schema.js';
import { at } from './entry.js';
import type { EntryReader, LocatedObject } from './entry.js';
import type { ProblemList } from './problem.js';

/**
 * Reads the entry of an enumeration. Until 6.1 it had `values` only; since then it has `members` as well, which may
 * have features, and `values` is deprecated.
 */
export function readEnum(
  name: string,
  entry: LocatedObject,
  reader: EntryReader,
  problems: ProblemList,
): EnumType {
  const hasMembers = Object.hasOwn(entry.value, 'members');
  const hasValues = Object.hasOwn(entry.value, 'values');
  const listed = hasValues || !hasMembers ? reader.strings(entry, 'values') : [];
  const members = hasMembers
    ? reader.distinct(entry, 'members', 'name', (element, value) => {
        reader.onlyMembers(element, ['name', 'features'], 'a value of an enum type');
        reader.checkName(value, at(element.path, 'name'), true);
        return { name: value, features: reader.features(element) };
      })
    : undefined;
  if (members === undefined) for (const { value, path } of listed) reader.checkName(value, path, true);
  if (members !== undefined && hasValues) {
    const names = new Set(members.map((member) => member.name));
    if (names.size !== listed.length || listed.some(({ value }) => !names.has(value))) {
      problems.add('values-differ', 'values and members list different names', entry.path);
    }
  }
  const values = members ?? listed.map(({ value }) => ({ name: value, features: [] }));
  return { kind: 'enum', name, features: reader.features(entry), values };
}
