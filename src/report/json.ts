import { createHash } from 'node:crypto';
import { canonicalJson, isObject, member, type Json } from '../json/index.js';
import type { RunReport } from '../result/index.js';

/** What {@link verifyDigest} found. `computed` is the digest that the report should carry. */
export type DigestCheck =
  | { readonly status: 'valid' }
  | { readonly status: 'missing'; readonly computed: string }
  | { readonly status: 'mismatch'; readonly recorded: string; readonly computed: string };

/**
 * The text of `report.json`: the report with its digest as the last member, indented by two spaces.
 *
 * @returns JSON text that ends in a newline
 */
export function reportJson(report: RunReport): string {
  // Through JSON once, so that what is hashed is what a reader of the file will see.
  const plain = JSON.parse(JSON.stringify(report)) as Record<string, Json>;
  return `${JSON.stringify({ ...plain, digest: digestOf(plain) }, null, 2)}\n`;
}

/**
 * Does a report carry the digest of its own content? Says that nobody edited it by accident; it is no signature.
 *
 * @param report a parsed `report.json`; anything that is not an object counts as having no digest
 */
export function verifyDigest(report: Json): DigestCheck {
  if (!isObject(report)) return { status: 'missing', computed: digestOf(report) };
  const rest = Object.fromEntries(Object.entries(report).filter(([name]) => name !== 'digest'));
  const computed = digestOf(rest);
  const recorded = member(report, 'digest');
  if (typeof recorded !== 'string') return { status: 'missing', computed };
  return recorded === computed ? { status: 'valid' } : { status: 'mismatch', recorded, computed };
}

/** Sha256 over the canonical JSON, in hexadecimal. */
function digestOf(value: Json): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}
