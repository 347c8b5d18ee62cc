/**
 * The suites tested with the fake: that they hold on the clean one and catch every fault.
 */
export { bundledSchema, fakeSource, referenceSchema, type FakeSourceOptions } from './fake-source.js';
export { selftest, type SelftestOptions } from './selftest.js';
export { judgeTrial, type Trial } from './judge.js';
export { tryFault } from './trial.js';
