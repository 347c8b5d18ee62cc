/**
 * One trial: the suites against the fake, clean or with one fault.
 */
import { suites } from '../../suites/index.js';
import type { Fault } from '../fake/index.js';
import type { Protocol } from '../qmp/index.js';
import { isCaseRule, isForProtocol, isSurvivalRule, selectRules, type Rule } from '../rules/index.js';
import { run } from '../run/index.js';
import { bundledSchema, fakeSource } from '../target/bundled-fake.js';
import { judgeTrial, type Trial } from './judge.js';

/**
 * Runs the suites that name a fault against a fake that has it, and all of them against the clean fake.
 *
 * @param protocol what the fake speaks
 * @param timeoutMs how long one reply may take, and three times that where requests are generated; a fault by which the
 *   fake falls silent costs this much
 * @throws Error when qmpspec itself fails while it checks a rule
 */
export async function tryFault(
  fault: Fault | undefined,
  timeoutMs: number,
  protocol: Protocol = fault?.protocol ?? 'qmp',
): Promise<Trial> {
  const names = ({ detects }: Rule): boolean => fault === undefined || detects.includes(fault.id);
  // Any generated request may crash a target; else the others of them would take most of the time.
  const ofAnyCase = suites.some(({ rules }) => rules.some((rule) => names(rule) && isSurvivalRule(rule)));
  const generating = new Set(suites.filter(({ rules }) => rules.some(isCaseRule)).map(({ id }) => id));
  const concerned = suites.filter(({ rules }) => rules.some(names));
  const { report, internalError } = await run({
    source: fakeSource({ protocol, faults: fault === undefined ? [] : [fault] }),
    suites,
    selected: selectRules(suites, {
      suites: concerned.map(({ id }) => id),
      rules: [],
      exclude: [],
    }).filter(({ suite, rule }) => names(rule) || !generating.has(suite) || ofAnyCase),
    fileSchema: bundledSchema(protocol),
    options: {
      protocol,
      profile: 'full',
      // Rules that are only shown have to notice as well.
      level: 'info',
      seed: 1,
      runs: 20,
      // Thousands of requests keep the machine busy.
      timeoutMs: concerned.some(({ id }) => generating.has(id)) ? 3 * timeoutMs : timeoutMs,
      suites: [],
      rules: [],
      exclude: [],
      repeat: 1,
      commands: [],
      jobs: 1,
      defines: [],
    },
    waivers: [],
    saveReplay: () => Promise.resolve(''),
    onEvent: () => undefined,
    thorough: true,
  });
  if (internalError !== undefined) throw new Error('a check failed', { cause: internalError });
  const rules = suites.flatMap((suite) => suite.rules).filter((rule) => isForProtocol(rule, protocol));
  return { protocol, ...judgeTrial(fault?.id, rules, report.results) };
}
