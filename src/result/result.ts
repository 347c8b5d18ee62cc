/**
 * What a run yields: one result for every declared rule, the totals and the verdict. `report.json` is this value
 * with a digest; every other report is a view of it. All members are plain JSON (no bigint, no Double), and every
 * string that came from a target is untrusted: a report escapes it for its own format.
 */
import type { Profile, Shard } from '../cases/index.js';
import type { Protocol } from '../qmp/index.js';
import type { Level, Reference } from '../rules/index.js';
import type { ArgumentCoverage } from './coverage-result.js';

/**
 * What came of a rule.
 *
 * @public
 */
export type Status =
  /** every case passed */
  | 'passed'
  /** at least one case failed, and no waiver covers it */
  | 'failed'
  /** all that failed is covered by a waiver */
  | 'waived'
  /** the rule does not apply to this target or this profile; `reason` says why */
  | 'skipped'
  /** qmpspec itself failed while checking */
  | 'errored'
  /** the run ended before the rule's turn, or while it was checked; `reason` says why */
  | 'notRun';

/**
 * What a run says of the target as a whole.
 *
 * @public
 */
export type Verdict = 'conformant' | 'nonconformant' | 'not-testable';

/**
 * Why a run did not come to its end.
 *
 * @public
 */
export type Stop =
  /** the user ended it */
  | 'interrupted'
  /** there was no server of the protocol to begin with */
  | 'unreachable'
  /** the target crashed, hung or left in mid-run */
  | 'target-lost'
  /** as many rules failed as --max-failures allows */
  | 'max-failures'
  /** every single exchange fails in the same way, so that nothing else can be told from the answers */
  | 'unusable'
  /** what came took so long that the run would not have ended in a bearable time */
  | 'too-slow';

/**
 * What came of a run.
 *
 * @public
 */
export interface RunReport {
  readonly schemaVersion: 1;
  /** False when the run was cut short: interrupted, target lost, or stopped by --max-failures. */
  readonly complete: boolean;
  readonly tool: { readonly name: 'qmpspec'; readonly version: string };
  readonly ruleSet: { readonly id: string; readonly sha256: string; readonly count: number };
  readonly target: TargetReport;
  readonly schema: SchemaReport;
  readonly options: OptionsReport;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly verdict: Verdict;
  /** One sentence that says why, for people. */
  readonly verdictReason: string;
  /** Why the run did not come to its end; absent when it did. */
  readonly stopped?: Stop;
  readonly totals: Totals;
  readonly results: readonly RuleResult[];
  readonly coverage: Coverage;
  /** The waivers given that no failure needed: a deviation that is gone, or a waiver that never matched. */
  readonly unusedWaivers: readonly string[];
}

/**
 * The target, as far as it is known.
 *
 * @public
 */
export interface TargetReport {
  readonly address?: string;
  readonly command?: string;
  /** The greeting as it was received, ASCII text; absent when none came. */
  readonly greeting?: string;
  readonly protocol: Protocol;
  /** MAJOR.MINOR.MICRO from the greeting; the text that guest-info gives. */
  readonly version?: string;
  readonly package?: string;
  /** How a spawned target ended, when it ended by itself. */
  readonly exit?: string;
  /** The last lines that a spawned target wrote to stderr, when it ended by itself. */
  readonly stderr?: string;
}

/**
 * The schema by which a target was judged.
 *
 * @public
 */
export interface SchemaReport {
  readonly source: string;
  readonly sha256?: string;
  readonly commands: number;
  readonly events: number;
}

/**
 * The options of a run, as they held.
 *
 * @public
 */
export interface OptionsReport {
  readonly protocol: Protocol;
  readonly profile: Profile;
  readonly level: Level;
  readonly seed: number;
  readonly runs: number;
  readonly timeoutMs: number;
  readonly suites: readonly string[];
  readonly rules: readonly string[];
  readonly exclude: readonly string[];
  readonly repeat: number;
  /** Patterns of the commands that requests are generated for; all when empty. */
  readonly commands: readonly string[];
  /** Targets at the same time. */
  readonly jobs: number;
  /** The part of the cases that is this run's; absent: all. */
  readonly shard?: Shard;
  readonly maxFailures?: number;
  readonly defines: readonly string[];
}

/**
 * How many rules have each status.
 *
 * @public
 */
export interface Totals {
  readonly passed: number;
  readonly failed: number;
  readonly waived: number;
  readonly skipped: number;
  readonly errored: number;
  readonly notRun: number;
}

/**
 * What came of one rule.
 *
 * @public
 */
export interface RuleResult {
  readonly id: string;
  readonly suite: string;
  readonly title: string;
  readonly level: Level;
  readonly reference: Reference;
  /** The requirement in our own words. */
  readonly requirement: string;
  readonly status: Status;
  readonly reason?: string;
  /** How many cases (requests, or observed messages) were judged. */
  readonly cases: number;
  readonly durationMs: number;
  readonly failures: readonly Failure[];
}

/** The reason of a rule that the selection left out; reports for people pass over such rules. */
export const NOT_SELECTED = 'not selected';

/** The reason of a rule of generated requests for which none could be made. */
export const NO_CASES = 'the schema has nothing for it that this profile allows';

/**
 * One way in which a rule failed; the same way seen again only counts.
 *
 * @public
 */
export interface Failure {
  /** Equal for the same fault in two runs: rule, command, path and kind of fault. */
  readonly key: string;
  readonly count: number;
  readonly message: string;
  /** What was sent last, as text (raw bytes beyond ASCII escaped as \xNN). */
  readonly request: string;
  /** What came back, as text, one message a line; the last messages before the end when the target went away. */
  readonly response: string;
  readonly expected: string;
  /** Of a crash: other requests that show the same one. */
  readonly alsoSeenOn?: readonly string[];
  /** The path to the offending value, such as `return[0].type`. */
  readonly path?: string;
  /** A line for a shell that sends the same again and judges the replies. */
  readonly replay: string;
  /** Set when a waiver covers this failure. */
  readonly waiver?: { readonly reason: string; readonly source: string };
}

/**
 * How much of the schema a run has reached.
 *
 * @public
 */
export interface Coverage {
  /** Commands sent at least once, with how often they succeeded and failed. */
  readonly commands: Readonly<Record<string, CommandCoverage>>;
  readonly events: Readonly<Record<string, number>>;
  readonly errorClasses: Readonly<Record<string, number>>;
  /** What the schema has and never came; absent without a schema. */
  readonly unseen?: { readonly events: readonly string[]; readonly errorClasses: readonly string[] };
  /** Absent when the run sent no generated requests. */
  readonly arguments?: ArgumentCoverage;
}

/**
 * How often requests of a command were answered with success, and with an error.
 *
 * @public
 */
export interface CommandCoverage {
  readonly succeeded: number;
  readonly refused: number;
}

/**
 * What a run tells while it goes on; reporters consume nothing else.
 *
 * @public
 */
export type RunEvent =
  | { readonly type: 'run-started'; readonly rules: number; readonly target: string }
  | { readonly type: 'target-discovered'; readonly target: TargetReport }
  | { readonly type: 'rule-started'; readonly id: string; readonly suite: string }
  | { readonly type: 'rule-progress'; readonly id: string; readonly cases: number }
  | { readonly type: 'rule-finished'; readonly result: RuleResult }
  | { readonly type: 'run-finished'; readonly report: RunReport };
