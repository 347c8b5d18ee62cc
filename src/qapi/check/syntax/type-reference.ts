/**
 * Reads the names of types, and other strings.
 */
import type { Entry, Node, StringNode } from '../../parse/ast.js';
import type { TypeReference } from '../definition/index.js';
import type { Reporter } from './reporter.js';

/**
 * Reads a type name.
 *
 * @param reader who reads the definition
 * @param node absent: there is nothing to read
 * @param what names the type, for messages
 * @returns undefined when it is none; the reader knows then
 */
export function readTypeName(
  reader: Reporter,
  node: Node | undefined,
  what: string,
  expected = 'should be a type name',
): TypeReference | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'string') return { name: node.value, isArray: false, position: node.position };
  reader.complain('wrong-value', `${what} ${expected}`, node.position);
  return undefined;
}

/** Reads a type name, or an array that holds one. */
export function readTypeOrArray(
  reader: Reporter,
  node: Node | undefined,
  what: string,
): TypeReference | undefined {
  if (node?.kind !== 'array') return readTypeName(reader, node, what, 'should be a type name or array');
  const [element] = node.elements;
  if (node.elements.length === 1 && element?.kind === 'string') {
    return { name: element.value, isArray: true, position: element.position };
  }
  reader.complain('wrong-value', `${what}: an array type must contain a single type name`, node.position);
  return undefined;
}

/** Reads the string that stands behind a key. @param what has the key, for messages */
export function readString(
  reader: Reporter,
  entry: Entry | undefined,
  what?: string,
): StringNode | undefined {
  if (entry === undefined) return undefined;
  if (entry.value.kind === 'string') return entry.value;
  const of = what === undefined ? '' : ` of ${what}`;
  reader.complain('wrong-value', `'${entry.key}'${of} must be a string`, entry.value.position);
  return undefined;
}
