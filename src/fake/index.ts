/**
 * The reference server: a dispatcher over a Schema with models of what a machine does, which can be told to show
 * faults.
 */
export type { Fault } from './fault.js';
export { faults, faultsById } from './faults/index.js';
export { FakeServer, type FakeOptions } from './server.js';
