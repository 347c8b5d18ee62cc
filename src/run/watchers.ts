/**
 * The rules that look at every message of a run, whoever asked for it.
 */
import { showBytes } from '../json/index.js';
import { requestText, type Message, type Protocol } from '../qmp/index.js';
import type { RuleRecord } from './record.js';
import { isForProtocol, type WatchRule } from './rule.js';
import type { Evidence } from './script.js';
import type { Stage } from './stage.js';
import type { Step } from './step.js';
import type { TargetFacts } from './survey.js';

/** A rule that watches, and what is known of it. */
export interface Watch {
  readonly record: RuleRecord;
  readonly rule: WatchRule;
}

const MAX_SHOWN = 4096;

/**
 * Shows a message to all rules that watch.
 *
 * @param index the place of the message on its connection
 * @param stage where it came in
 */
export function watchMessage(
  watches: readonly Watch[],
  { protocol, facts }: { readonly protocol: Protocol; readonly facts: TargetFacts },
  message: Message,
  index: number,
  stage: Stage,
): void {
  for (const { record, rule } of watches) {
    if (record.errored || !isForProtocol(rule, protocol)) continue;
    try {
      const findings = rule.watch(message, { index, target: facts });
      if (findings === undefined) continue;
      record.addCase();
      if (findings.length === 0) continue;
      const evidence = evidenceOf(rule, message, stage);
      for (const finding of findings) record.addFinding(finding, evidence);
    } catch (error) {
      record.fail(error);
    }
  }
}

function evidenceOf({ title }: WatchRule, { raw }: Message, { trail }: Stage): Evidence {
  const steps = [...trail];
  const last = steps.findLast((step) => step.do === 'exchange' || step.do === 'poll');
  return {
    request: last === undefined ? '(connecting)' : sentBy(last),
    response: showBytes(raw, MAX_SHOWN),
    expected: title,
    steps,
  };
}

function sentBy(step: Extract<Step, { readonly do: 'exchange' | 'poll' }>): string {
  return step.do === 'poll' ? requestText(step.request) : step.send.join('');
}
