/**
 * Does an object have the keys that it must have, and no others?
 */
import type { ObjectNode } from '../ast.js';
import { isAllowed, isEnforced } from '../release.js';
import { didYouMean } from '../suggest.js';
import type { KeyRules } from './keys.js';
import type { Reporter } from './reporter.js';

/**
 * @param reader who reads the definition
 * @param node the object
 * @param rules what keys there are
 * @param what the object, for messages
 */
export function checkKeys(reader: Reporter, node: ObjectNode, rules: KeyRules, what: string): void {
  const { release } = reader;
  const known = Object.entries(rules)
    .filter(([, rule]) => isAllowed(rule.known ?? {}, release))
    .map(([key]) => key);
  for (const { key, position } of node.entries.values()) {
    if (known.includes(key)) continue;
    const valid = known.map((word) => `'${word}'`).join(', ');
    reader.complain(
      'unknown-key',
      `${what} has the unknown key '${key}'; valid keys are ${valid}`,
      position,
      () => didYouMean(key, known),
    );
  }
  for (const key of known) {
    const required = rules[key]?.required;
    if (required === undefined || node.entries.has(key) || !isEnforced(required, release)) continue;
    reader.complain('missing-key', `${what} misses the key '${key}'`, node.position);
  }
}
