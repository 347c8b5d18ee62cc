/**
 * Runs: rules, what they work with, which of them a run takes, what came of each, and replays.
 *
 *     rule ─► plan ─► runner ─► probe, wire ─► script ─► stage ─► target
 *                       └─► record ─► run (waivers, replay files) ─► result
 */
export * from './input-file.js';
export * from './plan.js';
export type { Case } from './case.js';
export { commandMatcher } from './patterns.js';
export type { CaseSource } from './cases.js';
export { Probe } from './probe.js';
export type { RecordedFailure } from './record.js';
export * from './replay.js';
export * from './coverage-result.js';
export * from './result.js';
export * from './rule.js';
export * from './run.js';
export type { Step, Transcript } from './step.js';
export type { TargetFacts } from './survey.js';
export type { AgentCommand } from './survey-agent.js';
export * from './target.js';
export * from './waivers.js';
export type { Data, Wire } from './wire.js';
export { makePrivateFolder, removePrivateFolder } from './folder.js';
