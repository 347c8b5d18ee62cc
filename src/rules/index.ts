/**
 * What a rule is, which rules a run takes, and what a check may use.
 */
export type { CheckConnection, Data } from './check-connection.js';
export type { CheckEnd } from './check-end.js';
export { failureKey } from './failure-key.js';
export { judgeContext } from './judge-context.js';
export { isJudged, selectRules, unmetRequirement, type PlannedRule, type Selection } from './plan.js';
export { Probe } from './probe.js';
export {
  isCaseRule,
  isCheckRule,
  isForProtocol,
  isSurvivalRule,
  isWatchRule,
  type CaseRule,
  type CheckRule,
  type Level,
  type Reference,
  type Requirements,
  type Rule,
  type Suite,
  type SurvivalRule,
  type WatchRule,
} from './rule.js';
export { judgeMessage, watchEvidence, type Watch, type WatchSink } from './watchers.js';
