/**
 * Reads references to types, and strings.
 */
import type { Entry, Node, StringNode } from '../../parse/ast.js';
import type { TypeReference } from '../definition/index.js';
import type { Reporter } from './reporter.js';

/**
 * Reads a type name.
 *
 * @param reader takes the errors
 * @param node absent: there is nothing to read
 * @param what names the place in messages
 * @returns the reference; undefined when there is nothing to read, or when there was an error
 */
export function readTypeName(
  reader: Reporter,
  node: Node | undefined,
  what: string,
  expected = 'should be a type name',
): TypeReference | undefined {
  if (node === undefined) return undefined;
  if (node.kind === 'string') return { name: node.value, isArray: false, position: node.position };
  reader.error('wrong-value', `${what} ${expected}`, node.position);
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
  reader.error('wrong-value', `${what}: an array type must contain a single type name`, node.position);
  return undefined;
}

/** Reads the string value of a key. @param what names the object that has the key in messages */
export function readString(
  reader: Reporter,
  entry: Entry | undefined,
  what?: string,
): StringNode | undefined {
  if (entry === undefined) return undefined;
  if (entry.value.kind === 'string') return entry.value;
  const of = what === undefined ? '' : ` of ${what}`;
  reader.error('wrong-value', `'${entry.key}'${of} must be a string`, entry.value.position);
  return undefined;
}
