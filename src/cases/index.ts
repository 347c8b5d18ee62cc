/**
 * Generated cases: systematic and random requests for the commands of a target, with what may follow each.
 */
export { CaseSource, caseSource, type CaseOptions, type Profile, type Shard } from './case-source.js';
