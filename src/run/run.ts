/**
 * A whole run: checks the rules, applies waivers, saves what replays the failures, and sums it all up in one report.
 */
import { createHash } from 'node:crypto';
import { canonicalJson, writeJson, type Json } from '../json/index.js';
import type { Schema } from '../qapi/index.js';
import { packageVersion } from '../package.js';
import type { TargetInfo } from '../discovery/index.js';
import {
  argumentCoverage,
  type Example,
  type RecordedFailure,
  type RuleRecord,
  NOT_SELECTED,
  type Coverage,
  type Failure,
  type OptionsReport,
  type RuleResult,
  type RunEvent,
  type RunReport,
  type SchemaReport,
  type Status,
  type TargetReport,
  type Totals,
  type Verdict,
  coversVersion,
  showWaiver,
  waiversFor,
  type SourcedWaiver,
} from '../result/index.js';
import { isJudged, type PlannedRule, type Rule, type Suite } from '../rules/index.js';
import type { TargetSource } from '../target/index.js';
import { runRules, type RunnerOutcome } from './runner.js';

export interface RunOptions {
  readonly source: TargetSource;
  /** All suites; every rule of theirs has a result. */
  readonly suites: readonly Suite[];
  /** The rules to check, of those suites. */
  readonly selected: readonly PlannedRule[];
  readonly fileSchema?: Schema | undefined;
  /** What to say of the schema; when left out, what was learned from the target. */
  readonly schemaReport?: SchemaReport | undefined;
  readonly options: OptionsReport;
  /** Waivers that were given; it is told when one of them covers nothing. */
  readonly waivers: readonly SourcedWaiver[];
  /** The waivers of the package, read only when something has failed. */
  readonly builtinWaivers?: ((rule: string) => Promise<readonly SourcedWaiver[]>) | undefined;
  /** Saves the steps that show a failure; returns the line that replays them. */
  readonly saveReplay: (rule: Rule, failure: RecordedFailure, index: number) => Promise<string>;
  readonly onEvent: (event: RunEvent) => void;
  /** Goes on where every exchange fails in the same way, so that each rule says so by itself. */
  readonly thorough?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A run's report, and the exception of ours that spoilt a check, if one did. */
export interface RunResult {
  readonly report: RunReport;
  readonly internalError: unknown;
}

/**
 * Runs the selected rules and makes the report.
 *
 * A target that cannot be reached, crashes or hangs is a result and no exception.
 */
export async function run(options: RunOptions): Promise<RunResult> {
  const { onEvent, source } = options;
  const startedAt = new Date();
  const started = performance.now();
  const results = new Map<string, RuleResult>();
  const waivers = new WaiverDesk(options);
  let info: TargetInfo | undefined;
  onEvent({
    type: 'run-started',
    rules: options.selected.length,
    target: source.address ?? source.command ?? '',
  });
  const outcome = await runRules({
    source,
    rules: options.selected,
    fileSchema: options.fileSchema,
    options: options.options,
    signal: options.signal,
    thorough: options.thorough,
    onDiscovered: (discovered) => {
      info = discovered;
      onEvent({ type: 'target-discovered', target: targetReport(source, discovered) });
    },
    onRuleStarted: ({ planned }) => {
      onEvent({ type: 'rule-started', id: planned.rule.id, suite: planned.suite });
    },
    onProgress: ({ planned, cases }) => {
      onEvent({ type: 'rule-progress', id: planned.rule.id, cases });
    },
    onRuleFinished: async (record) => {
      const result = await ruleResult(record, info, waivers, options);
      results.set(result.id, result);
      onEvent({ type: 'rule-finished', result });
    },
    countsAsFailed: (record) => countsAsFailed(record, info, waivers, options.options),
  });
  const everyResult = options.suites.flatMap((suite) =>
    suite.rules.map((rule) => results.get(rule.id) ?? notSelected(suite.id, rule)),
  );
  const totals = countTotals(everyResult);
  const { verdict, verdictReason } = judgeRun(totals, outcome);
  const report: RunReport = {
    schemaVersion: 1,
    complete: outcome.stopped === undefined,
    tool: { name: 'qmpspec', version: packageVersion() },
    ruleSet: ruleSet(options.suites),
    target: targetReport(source, outcome.info, outcome),
    schema: options.schemaReport ?? introspectedReport(outcome.info),
    options: options.options,
    startedAt: startedAt.toISOString(),
    durationMs: Math.round(performance.now() - started),
    verdict,
    verdictReason,
    ...(outcome.stopped === undefined ? {} : { stopped: outcome.stopped }),
    totals,
    results: everyResult,
    coverage: coverage(outcome),
    unusedWaivers: waivers.unused(everyResult, outcome.info).map(showWaiver),
  };
  onEvent({ type: 'run-finished', report });
  return { report, internalError: internalError(outcome) };
}

/**
 * The exit code of a run: computed here, once, from the result.
 *
 * 0 conformant, 1 nonconformities, 2 nothing was checked or a waiver covers nothing, 3 the target cannot be tested, 70 qmpspec failed, 130
 * interrupted.
 */
export function exitCode({ report, internalError: error }: RunResult): number {
  if (error !== undefined) return 70;
  if (report.stopped === 'interrupted') return 130;
  if (report.verdict === 'nonconformant') return 1;
  // All that was checked passed, and the rest could not be checked.
  if (report.stopped !== undefined && report.stopped !== 'max-failures') return 3;
  return report.verdict === 'conformant' && report.unusedWaivers.length === 0 ? 0 : 2;
}

function internalError(outcome: RunnerOutcome): unknown {
  for (const { state } of outcome.records) if (state.is === 'errored') return state.error;
  return undefined;
}

/** Finds the waivers of a failure and knows which of the given ones were of use. */
class WaiverDesk {
  readonly #options: RunOptions;
  readonly #used = new Set<SourcedWaiver>();
  readonly #builtin = new Map<string, readonly SourcedWaiver[]>();

  constructor(options: RunOptions) {
    this.#options = options;
  }

  /** Given waivers that covered nothing although their rule was checked, on a release that they are for. */
  unused(results: readonly RuleResult[], info: TargetInfo): SourcedWaiver[] {
    const checked = new Set(
      results.filter(({ status }) => status === 'passed' || status === 'failed').map(({ id }) => id),
    );
    return this.#options.waivers.filter(
      (waiver) => !this.#used.has(waiver) && checked.has(waiver.rule) && coversVersion(waiver, info.version),
    );
  }

  async find(
    rule: string,
    failure: RecordedFailure,
    info: TargetInfo | undefined,
  ): Promise<readonly SourcedWaiver[] | undefined> {
    const builtin = this.#builtin.get(rule) ?? (await this.#options.builtinWaivers?.(rule)) ?? [];
    this.#builtin.set(rule, builtin);
    const found = waiversFor([...this.#options.waivers, ...builtin], rule, failure, info?.version);
    for (const waiver of found ?? []) this.#used.add(waiver);
    return found;
  }
}

async function ruleResult(
  record: RuleRecord,
  info: TargetInfo | undefined,
  waivers: WaiverDesk,
  options: RunOptions,
): Promise<RuleResult> {
  const { rule, suite } = record.planned;
  const failures: Failure[] = [];
  for (const [index, failure] of record.failures.entries()) {
    const [waiver] = (await waivers.find(rule.id, failure, info)) ?? [];
    const { finding, evidence, examples } = failure;
    failures.push({
      key: failure.key,
      count: failure.count,
      message: finding.message,
      request: withoutLineEnd(evidence.request),
      response: evidence.response,
      expected: evidence.expected,
      ...(finding.path === undefined ? {} : { path: finding.path }),
      ...(examples.length < 2 ? {} : { alsoSeenOn: examples.slice(1, MOST_SHOWN).map(shownRequest) }),
      replay: await options.saveReplay(rule, failure, index),
      ...(waiver === undefined ? {} : { waiver: { reason: waiver.reason, source: waiver.source } }),
    });
  }
  const allWaived = failures.every(({ waiver }) => waiver !== undefined);
  const { status, reason } = statusOf(record, allWaived, options.options);
  return {
    ...declared(suite, rule),
    status,
    ...(reason === undefined ? {} : { reason }),
    cases: record.cases,
    durationMs: Math.round(record.durationMs),
    failures,
  };
}

async function countsAsFailed(
  record: RuleRecord,
  info: TargetInfo | undefined,
  waivers: WaiverDesk,
  options: OptionsReport,
): Promise<boolean> {
  const covering = await Promise.all(
    record.failures.map((failure) => waivers.find(record.planned.rule.id, failure, info)),
  );
  return statusOf(record, !covering.includes(undefined), options).status === 'failed';
}

function statusOf(
  record: RuleRecord,
  allWaived: boolean,
  options: OptionsReport,
): { readonly status: Status; readonly reason?: string } {
  const { state } = record;
  if (state.is === 'errored') {
    return {
      status: 'errored',
      reason: state.error instanceof Error ? state.error.message : String(state.error),
    };
  }
  if (record.failed) {
    const { level } = record.planned.rule;
    const lost = record.failures.some(({ finding }) => finding.kind === 'target-lost');
    if (!isJudged(level, options.level) && !lost) {
      return {
        status: 'skipped',
        reason: `it does not hold; rules of level ${level} are shown and not judged`,
      };
    }
    return { status: allWaived ? 'waived' : 'failed' };
  }
  if (state.is === 'skipped') return { status: 'skipped', reason: state.reason };
  if (state.is === 'not-run') return { status: 'notRun', reason: state.reason };
  return { status: 'passed' };
}

function declared(
  suite: string,
  rule: Rule,
): Pick<RuleResult, 'id' | 'suite' | 'title' | 'level' | 'reference' | 'requirement'> {
  const { document, section, requirement } = rule.reference;
  return {
    id: rule.id,
    suite,
    title: rule.title,
    level: rule.level,
    reference: { document, section },
    requirement,
  };
}

function notSelected(suite: string, rule: Rule): RuleResult {
  return {
    ...declared(suite, rule),
    status: 'skipped',
    reason: NOT_SELECTED,
    cases: 0,
    durationMs: 0,
    failures: [],
  };
}

function countTotals(results: readonly RuleResult[]): Totals {
  const totals = { passed: 0, failed: 0, waived: 0, skipped: 0, errored: 0, notRun: 0 };
  for (const { status } of results) totals[status] += 1;
  return totals;
}

function judgeRun(totals: Totals, outcome: RunnerOutcome): { verdict: Verdict; verdictReason: string } {
  const { stopped, lost } = outcome;
  if (totals.failed > 0) {
    const end = endReason(outcome);
    return {
      verdict: 'nonconformant',
      verdictReason: `${totals.failed} ${totals.failed === 1 ? 'rule does' : 'rules do'} not hold${end}`,
    };
  }
  if (totals.errored > 0) {
    return {
      verdict: 'not-testable',
      verdictReason: `qmpspec itself failed while it checked ${totals.errored} rules`,
    };
  }
  if (stopped !== undefined) {
    return { verdict: 'not-testable', verdictReason: lost ?? `the run ended early (${stopped})` };
  }
  if (totals.passed + totals.waived === 0) {
    return { verdict: 'not-testable', verdictReason: 'no rule applied to this target under this profile' };
  }
  return {
    verdict: 'conformant',
    verdictReason: `all ${totals.passed + totals.waived} rules that apply hold`,
  };
}

/** Why the run ended before its end. */
function endReason({ stopped, lost }: RunnerOutcome): string {
  switch (stopped) {
    case 'target-lost':
      return `; the target went away: ${lost ?? ''}`;
    case 'unusable':
      return `; in every exchange: ${lost ?? ''}`;
    case 'too-slow':
      return `; ${lost ?? ''}`;
    case 'unreachable':
    case 'max-failures':
    case 'interrupted':
    case undefined:
      return '';
  }
}

function coverage({ coverage: counter, generated, info }: RunnerOutcome): Coverage {
  const reached = counter.within(info.schema);
  if (generated === undefined) return reached;
  const ofArguments = argumentCoverage({ ...generated, counter: counter.arguments, info });
  return ofArguments === undefined ? reached : { ...reached, arguments: ofArguments };
}

function ruleSet(suites: readonly Suite[]): RunReport['ruleSet'] {
  const rules: Json[] = suites.flatMap((suite) =>
    suite.rules.map(({ id, title, level, reference }): Json => ({ id, title, level, ...reference })),
  );
  const sha256 = createHash('sha256').update(canonicalJson(rules)).digest('hex');
  return { id: `qmpspec-${packageVersion()}`, sha256, count: rules.length };
}

function targetReport(source: TargetSource, info: TargetInfo, outcome?: RunnerOutcome): TargetReport {
  const { version, versionText, greeting } = info;
  return {
    ...(source.address === undefined ? {} : { address: source.address }),
    ...(source.command === undefined ? {} : { command: source.command }),
    ...(greeting === null ? {} : { greeting: writeJson(greeting).slice(0, MAX_GREETING) }),
    protocol: source.protocol,
    ...(versionText === undefined ? {} : { version: versionText.slice(0, MAX_GREETING) }),
    ...(version?.package === undefined ? {} : { package: version.package.slice(0, MAX_GREETING) }),
    ...(outcome?.exit === undefined ? {} : { exit: outcome.exit.status, stderr: outcome.exit.output }),
  };
}

const MAX_GREETING = 4096;
/** Requests that show one and the same crash. */
const MOST_SHOWN = 9;

function introspectedReport(info: TargetInfo): SchemaReport {
  const { introspection } = info;
  if (introspection === undefined) return { source: 'none', commands: 0, events: 0 };
  return {
    source: 'query-qmp-schema of the target',
    sha256: createHash('sha256').update(canonicalJson(introspection.value)).digest('hex'),
    commands: introspection.schema.commands.size,
    events: introspection.schema.events.size,
  };
}

function shownRequest({ evidence }: Example): string {
  return withoutLineEnd(evidence.request);
}

/** A request as people read it; the replay file has every byte. */
function withoutLineEnd(request: string): string {
  return request.replace(/(?<!\\)((?:\\\\)*)\\x0a$/, '$1');
}
