/**
 * The rules that look at every message of a run, whoever asked for it.
 */
import { escapeBytes } from '../json/index.js';
import { requestText, type Message, type Protocol } from '../qmp/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Evidence, StepExecutor, Step } from '../exchange/index.js';
import type { RuleRecord } from '../result/index.js';
import { isForProtocol, type WatchRule } from '../rules/index.js';

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
  { protocol, info }: { readonly protocol: Protocol; readonly info: TargetInfo },
  message: Message,
  index: number,
  stage: StepExecutor,
): void {
  for (const { record, rule } of watches) {
    if (record.errored || !isForProtocol(rule, protocol)) continue;
    try {
      const findings = rule.watch(message, { index, target: info });
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

function evidenceOf({ title }: WatchRule, { raw }: Message, { currentSteps: trail }: StepExecutor): Evidence {
  const steps = [...trail];
  const last = steps.findLast((step) => step.do === 'exchange' || step.do === 'poll');
  return {
    request: last === undefined ? '(connecting)' : sentBy(last),
    response: escapeBytes(raw, MAX_SHOWN),
    expected: title,
    steps,
  };
}

function sentBy(step: Extract<Step, { readonly do: 'exchange' | 'poll' }>): string {
  return step.do === 'poll' ? requestText(step.request) : step.send.join('');
}
