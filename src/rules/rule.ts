/**
 * A rule is a value of one of four kinds: one requirement, where it stands, what it needs, and how it is checked.
 *
 * `check` sends requests and says what may follow; `watch` looks at every message that comes in during the whole
 * run. Neither knows of statuses, counts, timeouts or reports: that is the runner's.
 */
import type { Finding } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Message, Protocol } from '../qmp/index.js';
import type { CaseSource, Profile } from '../cases/index.js';
import type { TargetInfo } from '../discovery/index.js';
import type { Case } from '../exchange/index.js';
import type { Probe } from './probe.js';

/**
 * How strong a requirement is; the keyword of the source decides. `info` is shown and never judged.
 *
 * @public
 */
export type Level = 'must' | 'should' | 'info';

/**
 * Where a requirement stands, as people look it up.
 *
 * @public
 */
export interface Reference {
  readonly document: string;
  readonly section: string;
}

interface RuleBase {
  /** A slug such as `args.unknown-member`; never reused, never renamed. */
  readonly id: string;
  /** A statement of fact, as a sentence without a full stop. */
  readonly title: string;
  readonly level: Level;
  /** The release of qmpspec that brought the rule. */
  readonly since: string;
  /** Where the requirement stands, and the requirement in our own words. */
  readonly reference: Reference & { readonly requirement: string };
  /** The kinds of findings that are this rule's own when every single exchange shows them. */
  readonly everyExchange?: readonly string[];
  /** The faults of the bundled fake that the rule must catch, by id; at least one. */
  readonly detects: readonly string[];
}

/** A rule that does something and judges what follows. */
export interface CheckRule extends RuleBase {
  readonly kind: 'check';
  readonly needs: Requirements;
  readonly check: (probe: Probe) => void | Promise<void>;
  /** Judges a returned value, for expectations made with `returnsJudged(id)`. */
  readonly judge?: (value: Json, info: TargetInfo) => Finding[];
}

/** A rule that holds for every message of its kind, whatever request it was for. */
export interface WatchRule extends RuleBase {
  readonly kind: 'watch';
  readonly needs?: Pick<Requirements, 'protocol'>;
  /**
   * Looks at one message.
   *
   * @returns undefined: the rule does not speak of such messages; else what is wrong with it, perhaps nothing
   */
  readonly watch: (message: Message, info: WatchInfo) => readonly Finding[] | undefined;
}

/** A rule that holds for every request of a kind: it names the cases, and the runner sends them. */
export interface CaseRule extends RuleBase {
  readonly kind: 'cases';
  readonly needs: Requirements;
  readonly cases: (source: CaseSource) => Iterable<Case>;
}

/** A rule about the target itself, while the cases of all rules are sent: that it lives and answers. */
export interface SurvivalRule extends RuleBase {
  readonly kind: 'survival';
  readonly needs: Requirements;
}

export type Rule = CheckRule | WatchRule | CaseRule | SurvivalRule;

/** What is known when a message comes in. */
export interface WatchInfo {
  /** How many messages came before this one on its connection. */
  readonly index: number;
  readonly target: TargetInfo;
}

export interface Suite {
  readonly id: string;
  readonly title: string;
  readonly rules: readonly Rule[];
}

/** What a rule needs so that it can be checked; when the target or the profile lacks it the rule is skipped. */
export interface Requirements {
  /** What the target speaks; QMP when left out. */
  readonly protocol?: Protocol | 'any';
  /** The most careful profile that allows the check. */
  readonly profile: Profile;
  /** Commands that the target must have. */
  readonly commands?: readonly string[];
  /** The target offers the capability `oob`. */
  readonly oob?: boolean;
  /** How many connections must be served at the same time; one when left out. */
  readonly monitors?: number;
  /**
   * The target answers query-qmp-schema; `file`: and a schema file was given; `commands`: a schema file was given,
   * whatever the target says of itself.
   */
  readonly schema?: 'introspection' | 'file' | 'commands';
  /** The target can reach Unix sockets in our private folder. */
  readonly localFiles?: boolean;
  /** The target is ours to end: spawned, so that a fresh one can be had. */
  readonly ownTarget?: boolean;
}

/** Whether a rule is for targets that speak this protocol. */
export function isForProtocol(rule: Rule, protocol: Protocol): boolean {
  const wanted = rule.needs?.protocol ?? 'qmp';
  return wanted === 'any' || wanted === protocol;
}

export function isCaseRule(rule: Rule): rule is CaseRule {
  return rule.kind === 'cases';
}

export function isSurvivalRule(rule: Rule): rule is SurvivalRule {
  return rule.kind === 'survival';
}

export function isCheckRule(rule: Rule): rule is CheckRule {
  return rule.kind === 'check';
}

export function isWatchRule(rule: Rule): rule is WatchRule {
  return rule.kind === 'watch';
}
