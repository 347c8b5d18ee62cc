/**
 * Generated cases: systematic and random requests for the commands of a target, with what may follow each.
 */
export { CaseSource, caseSource } from './case-source.js';
