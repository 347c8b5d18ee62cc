/**
 * What a rule is, which rules a run takes, and what a check may use.
 */
export { judgeContext } from './judge-context.js';
export { isJudged, type PlannedRule, selectRules, unmetRequirement } from './plan.js';
export { type Cleanup, NotApplicable, Probe } from './probe.js';
export {
  type CaseRule,
  type CheckRule,
  isCaseRule,
  isForProtocol,
  isSurvivalRule,
  isWatchRule,
  type Requirements,
  type Rule,
  type Suite,
  type WatchRule,
} from './rule.js';
