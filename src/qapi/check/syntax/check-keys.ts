/**
 * Does an object have the keys that it must have, and no others?
 */
import type { ObjectNode } from '../../parse/ast.js';
import { isAllowed, isEnforced } from '../../model/release.js';
import type { Releases } from '../../model/release.js';
import { didYouMean } from '../../../did-you-mean.js';
import type { KeyRules } from './keys.js';
import type { Reporter } from './reporter.js';

const ALWAYS: Releases = {};

/**
 * @param reader who reads the definition
 * @param node the object
 * @param rules what keys there are
 * @param what the object, for messages
 */
export function checkKeys(reader: Reporter, node: ObjectNode, rules: KeyRules, what: string): void {
  const { release } = reader;
  for (const { key, position } of node.entries.values()) {
    const rule = rules.get(key);
    if (rule !== undefined && isAllowed(rule.known ?? ALWAYS, release)) continue;
    const known = [...rules]
      .filter(([, other]) => isAllowed(other.known ?? ALWAYS, release))
      .map(([word]) => word);
    const valid = known.map((word) => `'${word}'`).join(', ');
    reader.complain(
      'unknown-key',
      `${what} has the unknown key '${key}'; valid keys are ${valid}`,
      position,
      () => didYouMean(key, known),
    );
  }
  for (const [key, { required }] of rules) {
    if (required === undefined || node.entries.has(key) || !isEnforced(required, release)) continue;
    reader.complain('missing-key', `${what} misses the key '${key}'`, node.position);
  }
}
