/**
 * Documentation comments as blocks of sections.
 */
import type { Doc, DocSection } from '../model/doc.js';
import type { Position } from '../model/position.js';

/** A documentation comment, cut into sections. */
export interface DocBlock {
  /** The definition that the comment belongs to; absent when the comment is free-form. */
  readonly symbol?: string;
  readonly parts: readonly DocPart[];
  /** Of the opening `##`. */
  readonly position: Position;
  /** False when the comment has errors, which may concern the name of the definition too. */
  readonly isSound: boolean;
}

/** A section of a documentation comment. */
export interface DocPart {
  readonly kind: 'plain' | 'member' | 'feature' | 'tagged';
  /** Of the member or feature; the tag (`Returns`); empty for plain text. */
  readonly name: string;
  readonly text: string;
  /** Of the section's first line. */
  readonly position: Position;
}

/** The contents of a comment, without whether it is sound. */
export type Sections = Omit<DocBlock, 'isSound'>;

/** The error classes of QMP; a text that names one says when errors occur. */
const ERROR_CLASS = /\b(GenericError|CommandNotFound|DeviceNotActive|DeviceNotFound|KVMMissingCap)\b/;

/** Makes the documentation of a definition from its block. */
export function docOf(block: DocBlock): Doc {
  const [first] = block.parts;
  const hasBody = first?.kind === 'plain';
  const named = (kind: DocPart['kind']) =>
    new Map(block.parts.filter((part) => part.kind === kind).map((part) => [part.name, part.text]));
  const sections: DocSection[] = block.parts
    .slice(hasBody ? 1 : 0)
    .filter((part) => part.kind === 'tagged' || part.kind === 'plain')
    .map(({ name, text }) => ({ tag: name, text }));
  const text = (tag: string) => sections.find((section) => section.tag === tag)?.text;
  const since = text('Since');
  const returns = text('Returns');
  const errors = text('Errors') ?? (returns !== undefined && ERROR_CLASS.test(returns) ? returns : undefined);
  return {
    body: hasBody ? first.text : '',
    members: named('member'),
    features: named('feature'),
    ...(since !== undefined && { since }),
    ...(returns !== undefined && { returns }),
    ...(errors !== undefined && { errors }),
    sections,
  };
}
