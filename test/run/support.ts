/**
 * What the tests of this layer share: runs with their events, reports that are checked against their contract, rules
 * made by hand.
 */
import { readFileSync } from 'node:fs';
import { Ajv2020, type AnySchemaObject } from 'ajv/dist/2020.js';
import type { Test } from 'tap';
import { suites as allSuites } from '../../suites/index.js';
import { faultsById, type Fault } from '../../src/fake/index.js';
import { genericError, success } from '../../src/judge/index.js';
import { packageFile } from '../../src/package.js';
import { reportJson } from '../../src/report/index.js';
import {
  NOT_SELECTED,
  type Failure,
  type OptionsReport,
  type RuleResult,
  type RunEvent,
  type RunReport,
  type Status,
} from '../../src/result/index.js';
import {
  selectRules,
  type CheckRule,
  type Probe,
  type Rule,
  type Suite,
  type WatchRule,
} from '../../src/rules/index.js';
import type { Selection } from '../../src/rules/plan.js';
import { exitCode, run } from '../../src/run/index.js';
import type { RunOptions } from '../../src/run/run.js';
import { fakeSource, referenceSchema } from '../../src/target/bundled-fake.js';
import type { TargetSource } from '../../src/target/index.js';

/** A run, what it told on its way, and how it would have ended the process. */
export interface Ran {
  readonly report: RunReport;
  readonly internalError: unknown;
  readonly exit: number;
  readonly events: readonly RunEvent[];
}

export interface RunRequest extends Partial<Omit<RunOptions, 'source' | 'options' | 'selected'>> {
  readonly options?: Partial<OptionsReport>;
  readonly selection?: Partial<Selection>;
}

/**
 * Runs rules against a target; all suites but that of generated arguments, which has tests of its own and takes long, and
 * the reference schema, unless told otherwise.
 */
export async function ran(source: TargetSource, request: RunRequest = {}): Promise<Ran> {
  const { suites = allSuites, options = {}, selection = {}, onEvent, ...others } = request;
  const events: RunEvent[] = [];
  const result = await run({
    source,
    suites,
    selected: selectRules(suites, {
      suites: [],
      rules: [],
      exclude: suites === allSuites && selection.rules === undefined ? ['args.*'] : [],
      ...selection,
    }),
    fileSchema: referenceSchema(),
    waivers: [],
    saveReplay: () => Promise.resolve('replay'),
    ...others,
    options: {
      protocol: source.protocol,
      profile: 'full',
      level: 'should',
      seed: 1,
      runs: 5,
      timeoutMs: 300,
      suites: [],
      rules: [],
      exclude: [],
      repeat: 1,
      commands: [],
      jobs: 1,
      defines: [],
      ...options,
    },
    onEvent: (event) => {
      events.push(event);
      onEvent?.(event);
    },
  });
  return { ...result, exit: exitCode(result), events };
}

const validators = new Map<string, (value: unknown) => string>();

/** What is wrong with a value by a schema of the package; empty when nothing is. */
export function schemaProblems(name: string, value: unknown): string {
  let validate = validators.get(name);
  if (validate === undefined) {
    const ajv = new Ajv2020({ strict: false });
    const path = packageFile('fixtures', 'schemas', `${name}.schema.json`);
    const check = ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as AnySchemaObject);
    validate = (checked) => (check(checked) ? '' : ajv.errorsText(check.errors));
    validators.set(name, validate);
  }
  return validate(value);
}

/** What holds for every report, whatever the target did: all declared rules have one result, and all of it adds up. */
export function checkReport(t: Test, { report, events }: Ran, suites: readonly Suite[] = allSuites): void {
  const { results, totals, complete, stopped } = report;
  const declared = suites.flatMap(({ rules }) => rules.map(({ id }) => id));
  t.same(
    results.map(({ id }) => id),
    declared,
    'every declared rule has one result, in the order of declaration',
  );
  const finished = events.flatMap((event) => (event.type === 'rule-finished' ? [event.result] : []));
  t.same(
    finished.map(({ id }) => id).sort(),
    results.flatMap(({ id, reason }) => (reason === NOT_SELECTED ? [] : [id])).sort(),
    'every selected rule is reported once',
  );
  t.ok(
    finished.every((result) => result === find(report, result.id)),
    'the results are those that were reported',
  );
  t.equal(events.at(-1)?.type, 'run-finished');
  const counted = { passed: 0, failed: 0, waived: 0, skipped: 0, errored: 0, notRun: 0 };
  for (const { status } of results) counted[status] += 1;
  t.same(totals, counted, 'the totals add up');
  const mute = results.filter(({ status, reason }) => NEED_REASON.includes(status) && !reason);
  t.same(mute, [], 'what is skipped, errored or not run says why');
  t.equal(complete, stopped === undefined);
  t.equal(schemaProblems('report', JSON.parse(reportJson(report))), '', 'the report conforms to its schema');
}

const NEED_REASON: readonly Status[] = ['skipped', 'errored', 'notRun'];

/** The result of a rule. */
export function find(report: RunReport, id: string): RuleResult {
  const result = report.results.find((candidate) => candidate.id === id);
  if (result === undefined) throw new Error(`there is no result of ${id}`);
  return result;
}

/** All failures of a report, each with the kind that its key ends with. */
export function failuresOf(
  report: RunReport,
): (Failure & { readonly rule: string; readonly kind: string })[] {
  return report.results.flatMap(({ id, failures }) =>
    failures.map((failure) => ({ ...failure, rule: id, kind: failure.key.split('|').at(-1) ?? '' })),
  );
}

/** The kinds of a rule's failures. */
export function kinds(report: RunReport, id: string): string[] {
  return failuresOf(report).flatMap(({ rule, kind }) => (rule === id ? [kind] : []));
}

const RULE = {
  title: 'it holds',
  level: 'must',
  since: '0.1.0',
  reference: { document: 'test', section: 'here', requirement: 'It has to hold.' },
  detects: [],
} as const;

/** A rule made by hand. */
export function checking(id: string, check: CheckRule['check'], others: Partial<CheckRule> = {}): CheckRule {
  return { ...RULE, kind: 'check', id, needs: { profile: 'readonly' }, check, ...others };
}

/** A rule made by hand that watches. */
export function watching(id: string, watch: WatchRule['watch'], others: Partial<WatchRule> = {}): WatchRule {
  return { ...RULE, kind: 'watch', id, watch, ...others };
}

/** A suite of rules made by hand. */
export function suite(...rules: Rule[]): readonly Suite[] {
  return [{ id: 'test', title: 'Test', rules }];
}

/** The bundled fake with a fault that is made here. */
export function faulty(change: Fault['change']): TargetSource {
  return fakeSource({ faults: [{ id: 'made-here', title: 'a fault made by a test', change }] });
}

/** The bundled fake with faults of its own list. */
export function withFaults(...ids: string[]): TargetSource {
  return fakeSource({ faults: faultsById(ids) });
}

/** A check that holds on every good server. */
export async function ping(probe: Probe): Promise<void> {
  const qmp = await probe.negotiated();
  await qmp.ask({ execute: probe.info.ping }, success);
}

/** A check that holds on no server. */
export async function expectTooMuch(probe: Probe): Promise<void> {
  const qmp = await probe.negotiated();
  await qmp.ask({ execute: probe.info.ping }, genericError);
}
