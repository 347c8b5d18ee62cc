/**
 * Makes failed cases smaller, until nothing can be left out of the request without losing that very failure. The search
 * itself is pure (src/minimize); this is its oracle.
 */
import type { Finding } from '../judge/index.js';
import { shrinkArguments, type Answer, type Budget } from '../minimize/index.js';
import type { Case, Evidence, FindingSink, SendResult, Variable } from '../exchange/index.js';
import { CaseQueue } from './case-queue.js';
import type { KnownCrashes } from './known-crashes.js';

/** Takes findings, and further examples of what has been found. */
export interface ExampleSink extends FindingSink {
  /** Another example of what may have been found already: nothing is counted. */
  addExample(finding: Finding, evidence: Evidence): void;
}

/** A failure and the first case that showed it. */
export interface Failed {
  readonly key: string;
  readonly failed: Case;
  readonly sink: ExampleSink;
}

/** What one try found, by the keys of the failures. */
export type Found = ReadonlyMap<string, { readonly finding: Finding; readonly evidence: Evidence }>;

/** Sends cases and says all that was found. */
export type Try = (cases: Iterable<Case>) => Promise<{ readonly found: Found; readonly result: SendResult }>;

/** Tries for one failure; most take a tenth of it. */
const BUDGET: Budget = { tries: 300, milliseconds: 10_000 };

/**
 * Looks for the smallest case that shows a failure, and adds it as an example.
 *
 * @returns how the target was lost over it, should it have been
 */
export async function minimizeFailure(
  { key, failed, sink }: Failed,
  attempt: Try,
  crashes: KnownCrashes,
  signal: AbortSignal | undefined,
): Promise<(SendResult & { readonly lost: object }) | undefined> {
  const variable = failed.variable?.(failed);
  if (variable === undefined) return undefined;
  let loss: (SendResult & { readonly lost: object }) | undefined;
  const oracle = async (value: typeof variable.value): Promise<Answer> => {
    const candidate = variable.with(value);
    // What it makes is cleaned up, as ever; what is known to crash the target is not tried.
    const queue = new CaseQueue((candidate === undefined ? [] : [candidate]).values(), crashes);
    const { found, result } = await attempt(queue);
    if (result.lost !== undefined) {
      loss = result;
      return 'lost';
    }
    const example = found.get(key);
    if (example === undefined) return 'different';
    sink.addExample(example.finding, example.evidence);
    return 'same';
  };
  await shrinkArguments(
    variable.value,
    variable.type,
    oracle,
    signal === undefined ? BUDGET : { ...BUDGET, signal },
    { prepare: preparing(variable) },
  );
  return loss;
}

/** What would be sent for other arguments. */
export function preparing(variable: Variable) {
  return (value: Variable['value']): { readonly arguments: Variable['value'] } | undefined => {
    const varied = variable.with(value);
    return varied && { arguments: varied.request.arguments };
  };
}
