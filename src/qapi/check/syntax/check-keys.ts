/**
 * Checks that an object has the keys that it must have, and no others.
 */
import type { ObjectNode } from '../../parse/ast.js';
import type { Releases } from '../../model/release.js';
import { didYouMean } from '../../../did-you-mean.js';
import type { KeyRules } from './keys.js';
import type { Reporter } from './reporter.js';

const ALWAYS: Releases = {};

/**
 * Reports unknown keys and keys that are missing.
 *
 * @param reader takes the errors
 * @param node the object
 * @param keys the keys that there are
 * @param what names the object in messages
 */
export function checkKeys(reader: Reporter, node: ObjectNode, keys: KeyRules, what: string): void {
  const { rules } = reader;
  for (const { key, position } of node.entries.values()) {
    const rule = keys.get(key);
    if (rule !== undefined && rules.allows(rule.known ?? ALWAYS)) continue;
    const known = [...keys].filter(([, other]) => rules.allows(other.known ?? ALWAYS)).map(([word]) => word);
    const valid = known.map((word) => `'${word}'`).join(', ');
    reader.error(
      'unknown-key',
      `${what} has the unknown key '${key}'; valid keys are ${valid}`,
      position,
      () => didYouMean(key, known),
    );
  }
  for (const [key, { required }] of keys) {
    if (required === undefined || node.entries.has(key) || !rules.enforces(required)) continue;
    reader.error('missing-key', `${what} misses the key '${key}'`, node.position);
  }
}
