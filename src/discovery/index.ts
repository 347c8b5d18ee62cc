/**
 * What can be learned of a target before anything is checked.
 */
export { NO_CONTEXT, NO_INFO, type QemuVersion, discover, type TargetInfo } from './discovery.js';
