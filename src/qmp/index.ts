/**
 * The wire: endpoints, connections that turn bytes into messages, server processes of our own.
 */
export * from './connection.js';
export * from './endpoint.js';
export * from './message.js';
export * from './process.js';
