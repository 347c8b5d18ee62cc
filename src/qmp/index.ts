/**
 * The wire: endpoints, connections that turn bytes into messages, sessions, server processes of our own.
 */
export {
  Connection,
  lossMessage,
  MAX_UNSENT,
  TargetError,
  type ConnectionOptions,
  type Incoming,
  type Loss,
} from './connection.js';
export { Deadline } from './deadline.js';
export { MAX_UNIX_PATH, parseEndpoint, showEndpoint, type Endpoint } from './endpoint.js';
export {
  errorClass,
  eventName,
  messageKind,
  requestText,
  showMessage,
  type Message,
  type MessageKind,
  type Request,
} from './message.js';
export { ServerProcess, showExit, type Exit } from './process.js';
export { Session, type Reply, type SessionOptions } from './session.js';
export { SharedMemory, type Share } from './shared-memory.js';
export {
  isSyncId,
  synchronise,
  syncProblem,
  type Protocol,
  type Synchronisation,
  type SyncLink,
} from './sync.js';
