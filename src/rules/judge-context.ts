/**
 * What replies are judged by: the target's schema, and the rules that judge values themselves.
 */
import type { JudgeContext } from '../judge/index.js';
import type { TargetInfo } from '../discovery/index.js';
import { isCheckRule, type Rule } from './rule.js';

export function judgeContext(rules: readonly Rule[], info: TargetInfo): JudgeContext {
  const byId = new Map(rules.map((rule) => [rule.id, rule]));
  return {
    schema: info.schema,
    judgeReturn: (id, value) => {
      const rule = byId.get(id);
      return rule !== undefined && isCheckRule(rule) ? (rule.judge?.(value, info) ?? []) : [];
    },
  };
}
