/** What is noted of the messages of a run while its rules are checked. */
import { isObject, type Json } from '../json/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Observer } from '../exchange/index.js';
import type { CoverageCounter, RuleRecord } from '../result/index.js';
import { judgeMessage, watchEvidence, type Watch } from '../rules/index.js';

/** Counts what is reached; `onMessage` is called after each message. */
export function countingObserver(coverage: CoverageCounter, onMessage: () => void): Observer {
  return {
    onMessage: (message) => {
      coverage.addMessage(message);
      onMessage();
    },
    onAnswer: (request, reply, about) => {
      coverage.addRequest(request, isSuccess(reply));
      if (about !== undefined) coverage.arguments.add(about, request, reply);
    },
    onCaseEvent: (about, name) => {
      coverage.arguments.addEvent(about, name);
    },
  };
}

/** Does the same as `observer`, and shows every message to the rules that watch. */
export function watchingObserver(
  observer: Observer,
  watches: readonly Watch<RuleRecord>[],
  info: () => TargetInfo,
): Observer {
  return {
    ...observer,
    onMessage: (message, index, executor) => {
      observer.onMessage(message, index, executor);
      judgeMessage(watches, info(), message, index, ({ rule, sink }, findings) => {
        sink.addCase();
        if (findings.length === 0) return;
        const evidence = watchEvidence(rule, message, executor);
        for (const finding of findings) sink.addFinding(finding, evidence);
      });
    },
  };
}

function isSuccess(reply: Json): boolean {
  return isObject(reply) && Object.hasOwn(reply, 'return');
}
