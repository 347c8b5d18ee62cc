/**
 * Shows every message of a run to the rules that watch, whatever request it was for.
 */
import type { Finding } from '../judge/index.js';
import { escapeBytes } from '../json/index.js';
import { requestText, showMessage, type Message } from '../qmp/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Case, Evidence, FindingSink, Step, StepExecutor } from '../exchange/index.js';
import { isForProtocol, type WatchRule } from './rule.js';

/** Takes the findings of a rule that watches. */
export interface WatchSink extends FindingSink {
  /** The rule's own code has failed: it looks at nothing more. */
  readonly errored: boolean;
  fail(error: unknown): void;
}

/** A rule that watches, and the sink that takes its findings. */
export interface Watch<Sink extends WatchSink = WatchSink> {
  readonly rule: WatchRule;
  readonly sink: Sink;
}

const MAX_SHOWN = 4096;

/**
 * Shows a message to the rules that watch; nothing is recorded but a defect of a rule.
 *
 * @param index the place of the message on its connection
 * @param onJudged is told what each rule that speaks of such messages says of it
 */
export function judgeMessage<Sink extends WatchSink>(
  watches: readonly Watch<Sink>[],
  info: TargetInfo,
  message: Message,
  index: number,
  onJudged: (watch: Watch<Sink>, findings: readonly Finding[]) => void,
): void {
  for (const watch of watches) {
    const { rule, sink } = watch;
    if (sink.errored || !isForProtocol(rule, info.protocol)) continue;
    try {
      const findings = rule.watch(message, { index, target: info });
      if (findings !== undefined) onJudged(watch, findings);
    } catch (error) {
      sink.fail(error);
    }
  }
}

/** What a message was seen on, for a rule that found something in it. */
export function watchEvidence({ title }: WatchRule, message: Message, executor: StepExecutor): Evidence {
  const steps = [...executor.currentSteps];
  const last = steps.findLast((step) => step.do === 'exchange' || step.do === 'poll');
  const { currentCase } = executor;
  return {
    request:
      currentCase === undefined
        ? last === undefined
          ? '(connecting)'
          : sentBy(last)
        : caseText(currentCase),
    response: showMessage(message, MAX_SHOWN),
    expected: title,
    steps,
  };
}

function caseText({ request }: Case): string {
  return escapeBytes(Buffer.from(requestText(request)));
}

function sentBy(step: Extract<Step, { readonly do: 'exchange' | 'poll' }>): string {
  return step.do === 'poll' ? requestText(step.request) : step.send.join('');
}
