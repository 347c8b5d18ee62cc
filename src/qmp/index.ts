/**
 * The wire: endpoints, connections that turn bytes into messages, sessions, server processes of our own.
 */
export * from './connection.js';
export * from './deadline.js';
export * from './endpoint.js';
export * from './message.js';
export * from './process.js';
export * from './session.js';
export { SharedMemory, type Share } from './shared-memory.js';
export * from './sync.js';
