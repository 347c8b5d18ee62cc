/**
 * `qmpspec/fake`: the reference server, to test QMP clients with. It does everything right, or the one thing wrong that
 * a test needs.
 *
 * @module qmpspec/fake
 */
export { InputError } from '../input-error.js';
export type { Endpoint, Protocol } from '../qmp/index.js';
export { listFaults, startFake, type Fake, type FakeOptions, type FaultInfo } from './start-fake.js';
