/**
 * What is simpler than what: the shorter text, and of texts of one length the one that sorts first. Every search goes
 * down in this order, and so comes to an end.
 */
import { canonicalJson, type Json } from '../json/index.js';

export interface Measured {
  readonly text: string;
  readonly size: number;
}

/** Absent arguments are the simplest. */
export function measured(value: Json | undefined): Measured {
  if (value === undefined) return { text: '', size: 0 };
  const text = canonicalJson(value);
  return { text, size: text.length + trues(text) };
}

export function isSimpler(a: Measured, b: Measured): boolean {
  return a.size < b.size || (a.size === b.size && a.text < b.text);
}

/** How often `true` stands in a text, outside strings: it counts as long as `false`, which is the simpler one. */
function trues(text: string): number {
  if (!text.includes('true')) return 0;
  let count = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|true/g)) if (token === 'true') count += 1;
  return count;
}
