/**
 * Which rules a run takes, and which of them apply to the target.
 */
import { InputError } from '../input-error.js';
import { matcher, suggestion } from '../patterns.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Profile } from '../cases/index.js';
import { isForProtocol, isWatchRule, type Level, type Rule, type Suite } from './rule.js';

export interface Selection {
  /** Suites by id; all when empty. */
  readonly suites: readonly string[];
  /** Patterns of rule ids; all when empty. */
  readonly rules: readonly string[];
  /** Patterns of rule ids to leave out. */
  readonly exclude: readonly string[];
}

export interface PlannedRule {
  readonly suite: string;
  readonly rule: Rule;
}

/**
 * The rules that a selection takes, in the order of their declaration.
 *
 * @throws InputError when a suite does not exist, a pattern matches nothing, or nothing is left
 */
export function selectRules(suites: readonly Suite[], selection: Selection): PlannedRule[] {
  for (const id of selection.suites) {
    if (!suites.some((suite) => suite.id === id)) {
      throw new InputError(
        `there is no suite '${id}'${suggestion(
          id,
          suites.map((suite) => suite.id),
        )}`,
      );
    }
  }
  const all = suites.flatMap((suite) => suite.rules.map((rule) => ({ suite: suite.id, rule })));
  const ids = all.map(({ rule }) => rule.id);
  const wanted = matcher('--rule', selection.rules, 'rule', ids, groups(ids));
  const unwanted = matcher('--exclude', selection.exclude, 'rule', ids, groups(ids));
  const selected = all.filter(
    ({ suite, rule }) =>
      (selection.suites.length === 0 || selection.suites.includes(suite)) &&
      (selection.rules.length === 0 || wanted(rule.id)) &&
      !unwanted(rule.id),
  );
  if (selected.length === 0) throw new InputError('the selection leaves no rule to check');
  return selected;
}

/** The patterns for all rules of a group: `yank.*`. */
function groups(ids: readonly string[]): string[] {
  return [...new Set(ids.map((id) => id.replace(/\..*/, '.*')))];
}

const profiles: readonly Profile[] = ['readonly', 'safe', 'full'];
const levels: readonly Level[] = ['must', 'should', 'info'];

/** Whether a rule of this level is judged, and not only shown. */
export function isJudged(level: Level, threshold: Level): boolean {
  return levels.indexOf(level) <= levels.indexOf(threshold);
}

/** Why a rule cannot be checked on this target under this profile; undefined when it can. */
export function unmetRequirement(rule: Rule, info: TargetInfo, profile: Profile): string | undefined {
  if (!isForProtocol(rule, info.protocol)) return `the target speaks ${info.protocol.toUpperCase()}`;
  if (isWatchRule(rule)) return undefined;
  const { needs } = rule;
  if (profiles.indexOf(needs.profile) > profiles.indexOf(profile)) return `needs --profile ${needs.profile}`;
  if (needs.oob === true && !info.capabilities.includes('oob'))
    return 'the target does not offer out-of-band execution';
  if ((needs.monitors ?? 1) > info.monitors) return 'the target serves one connection at a time';
  if (needs.localFiles === true && !info.sharesFiles)
    return 'the target may not reach sockets on this machine';
  if (needs.ownTarget === true && !info.owned) return 'it ends the target, which is not ours to end';
  if (needs.schema === 'commands' && info.fileSchema === undefined)
    return 'no --schema was given to judge by';
  if (needs.schema !== undefined && needs.schema !== 'commands' && info.introspection === undefined)
    return 'the target has no query-qmp-schema';
  if (needs.schema === 'file' && info.fileSchema === undefined)
    return 'no --schema was given to compare with';
  for (const command of needs.commands ?? []) {
    if (info.commands === undefined) return `the target does not say if it has the command ${command}`;
    if (!info.commands.has(command)) return `the target has no command ${command}`;
  }
  return undefined;
}
