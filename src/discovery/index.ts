/**
 * The discovery: what is learned of a target before anything is checked.
 */
export type { AgentCommand } from './agent.js';
export {
  discover,
  NO_INFO,
  type Discovered,
  type QemuVersion,
  type TargetInfo,
  type Unusable,
} from './discovery.js';
