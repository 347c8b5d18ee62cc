/**
 * Reads conditions: the values of `if`.
 */
import type { Node, ObjectNode } from '../../parse/ast.js';
import { allOf, parsePreprocessor } from '../../model/condition.js';
import type { Condition } from '../../model/condition.js';
import type { Releases } from '../../model/release.js';
import { checkKeys } from './check-keys.js';
import type { KeyRules } from './keys.js';
import type { Reporter } from './reporter.js';

/** Until 6.2 a condition was a preprocessor expression, or a list of them that must all hold. */
const PREPROCESSOR: Releases = { until: '6.2' };
/** From then on it is a symbol, or an object that combines conditions. */
const SYMBOLIC: Releases = { since: '6.2' };
const SYMBOL = /^[A-Z][A-Z0-9_]*$/;

const operators: KeyRules = new Map([
  ['all', {}],
  ['any', {}],
  ['not', {}],
]);

/**
 * Reads the value of an `if`.
 *
 * @param reader takes the errors
 * @param node the value
 * @param what names the element that has the condition in messages
 * @returns the condition; undefined when there was an error
 */
export function readCondition(reader: Reporter, node: Node, what: string): Condition | undefined {
  switch (node.kind) {
    case 'string':
      return text(reader, node.value, node, what);
    case 'array':
      return list(reader, node.elements, node, what);
    case 'object':
      return combination(reader, node, what);
    default:
      return wrong(reader, node, `the 'if' condition of ${what} must be a string or an object`);
  }
}

function wrong(reader: Reporter, node: Node, message: string): Condition | undefined {
  reader.error('bad-condition', message, node.position);
  return undefined;
}

function text(reader: Reporter, value: string, node: Node, what: string): Condition | undefined {
  if (SYMBOL.test(value)) return { kind: 'symbol', name: value };
  if (!reader.rules.allows(PREPROCESSOR)) {
    return wrong(reader, node, `the 'if' condition '${value}' of ${what} is not a valid identifier`);
  }
  if (value.trim() === '')
    return wrong(reader, node, `the 'if' condition '${value}' of ${what} makes no sense`);
  return parsePreprocessor(value);
}

function list(reader: Reporter, nodes: readonly Node[], node: Node, what: string): Condition | undefined {
  if (!reader.rules.allows(PREPROCESSOR)) {
    return wrong(reader, node, `the 'if' condition of ${what} must be a string or an object`);
  }
  if (nodes.length === 0) return wrong(reader, node, `the 'if' condition [] of ${what} is useless`);
  const parts = nodes.map((element) =>
    element.kind === 'string'
      ? text(reader, element.value, element, what)
      : wrong(reader, element, `the 'if' condition of ${what} must be a string or a list of strings`),
  );
  return allOf(parts);
}

function combination(reader: Reporter, node: ObjectNode, what: string): Condition | undefined {
  if (!reader.rules.allows(SYMBOLIC)) {
    return wrong(reader, node, `the 'if' condition of ${what} must be a string or a list of strings`);
  }
  checkKeys(reader, node, operators, `the 'if' condition of ${what}`);
  const [entry] = node.entries.values();
  if (entry === undefined || node.entries.size > 1) {
    return wrong(reader, node, `the 'if' condition of ${what} must have exactly one key`);
  }
  const { key, value } = entry;
  if (key === 'not') {
    const of = operand(reader, value, what);
    return of && { kind: 'not', of };
  }
  if (key !== 'all' && key !== 'any') return undefined;
  if (value.kind !== 'array')
    return wrong(reader, value, `'${key}' in the condition of ${what} must be an array`);
  if (value.elements.length === 0) return wrong(reader, value, `the 'if' condition [] of ${what} is useless`);
  const of = value.elements.flatMap((element) => operand(reader, element, what) ?? []);
  return { kind: key, of };
}

/** Inside a combination there are no preprocessor expressions. */
function operand(reader: Reporter, node: Node, what: string): Condition | undefined {
  if (node.kind === 'object') return combination(reader, node, what);
  if (node.kind === 'string' && SYMBOL.test(node.value)) return { kind: 'symbol', name: node.value };
  if (node.kind === 'string') {
    return wrong(reader, node, `the 'if' condition '${node.value}' of ${what} is not a valid identifier`);
  }
  return wrong(reader, node, `the 'if' condition of ${what} must be a string or an object`);
}
