/**
 * Schema text as a tree in which every key and every value has its position.
 */
import type { Position } from '../model/position.js';

export interface StringNode {
  readonly kind: 'string';
  readonly value: string;
  readonly position: Position;
}

export interface BooleanNode {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly position: Position;
}

export interface ArrayNode {
  readonly kind: 'array';
  readonly elements: readonly Node[];
  readonly position: Position;
}

export interface ObjectNode {
  readonly kind: 'object';
  readonly entries: ReadonlyMap<string, Entry>;
  readonly position: Position;
}

export type Node = StringNode | BooleanNode | ArrayNode | ObjectNode;

/** A key and its value. */
export interface Entry {
  readonly key: string;
  /** Of the key. */
  readonly position: Position;
  readonly value: Node;
}

/** A line of a documentation comment, without the `# ` in front. */
export interface DocLine {
  readonly text: string;
  /** Of the `#`. */
  readonly position: Position;
}

/** A documentation comment: the lines between `##` and `##`. */
export interface DocComment {
  readonly kind: 'doc';
  readonly lines: readonly DocLine[];
  /** Of the opening `##`. */
  readonly position: Position;
  /** Of the closing `##`; absent when the text breaks off before it. */
  readonly end?: Position;
}

/** A top-level expression. */
export interface Expression {
  readonly kind: 'expression';
  readonly node: ObjectNode;
}

/** What a module consists of, in order. */
export type Item = DocComment | Expression;
