/**
 * The suites tested with the fake: that they pass on the clean one and detect every fault.
 */
export { judgeTrial, type Trial } from './judge.js';
export { selftest, type SelftestOptions } from './selftest.js';
export { tryFault } from './trial.js';
