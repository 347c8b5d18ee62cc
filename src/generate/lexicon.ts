/**
 * What stands where.
 */
import type { Json } from '../json/index.js';

export interface Place {
  readonly command: string;
  readonly members: readonly string[];
}
export type StringRole = 'instance' | 'new-name' | 'file' | 'uri' | 'host' | 'port' | 'program-text';
export function stringRole(place: Place): StringRole | undefined {
  const last = place.members.at(-1);
  if (last === 'filename' || last === 'path') return 'file';
  return last === 'id' || last === 'node-name' ? 'new-name' : undefined;
}
export function restriction(
  place: Place,
): { readonly values: readonly Json[]; readonly reason: string } | undefined {
  return place.members.at(-1) === 'wait' ? { values: [false], reason: 'blocks' } : undefined;
}

export function undoOf(
  command: string,
  args: Json | undefined,
): { execute: string; arguments: Json } | undefined {
  void args;
  return command === 'x' ? { execute: 'y', arguments: {} } : undefined;
}
