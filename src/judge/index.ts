/**
 * The verdict: does a value conform to its type, does a reply conform to what was expected of it.
 *
 * Pure functions over data. The fake checks arguments with the same walker that judges what a target returns.
 */
export * from './expectation.js';
export * from './value.js';
