/**
 * The cases of rules, sent over several targets: minimisation, crash isolation, known crashes.
 *
 *     cases ─► CaseQueue ─► Worker (one target at a time) ─► findings ─► minimizeFailure
 *                               └─► lost ─► CrashIsolator ─► report, KnownCrashes
 */
export { Campaign, type CampaignOptions, type CaseRecord } from './campaign.js';
export type { SendEnd } from './worker.js';
