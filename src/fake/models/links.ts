/**
 * Connections that the machine makes on request, as a QEMU would: to Unix sockets and to this machine, nowhere else.
 */
import { connect, type Socket } from 'node:net';
import { member, isObject, type Json, type JsonObject } from '../../json/index.js';
import { CommandError } from '../outcome.js';

export type LinkAddress = { readonly path: string } | { readonly host: string; readonly port: number };

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

/**
 * Reads a socket address: flat (`SocketAddress`) or with its members in `data` (`SocketAddressLegacy`).
 *
 * @throws CommandError for an address that leads elsewhere than to a Unix socket or to this machine
 */
export function linkAddress(value: Json | undefined): LinkAddress {
  const address = object(value);
  const inner = member(address, 'data') === undefined ? address : object(member(address, 'data'));
  const path = member(inner, 'path');
  if (member(address, 'type') === 'unix' && typeof path === 'string') return { path };
  const host = member(inner, 'host');
  const port = Number(member(inner, 'port'));
  if (member(address, 'type') !== 'inet' || typeof host !== 'string' || !LOOPBACK.test(host)) {
    throw new CommandError('this server connects to Unix sockets and to its own machine only');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new CommandError('the port is not valid');
  return { host, port };
}

/** Connects; rejects with a CommandError. */
export function openLink(address: LinkAddress): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(address);
    const refused = (error: Error): void => {
      reject(new CommandError(`cannot connect: ${error.message}`));
    };
    socket.once('error', refused);
    socket.once('connect', () => {
      socket.off('error', refused);
      // Errors end the connection, and the end is what the owner listens for.
      socket.on('error', () => undefined);
      socket.resume();
      resolve(socket);
    });
  });
}

/** The value when it is an object, else an empty one. */
export function object(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

/** The value when it is a string, else the empty one. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
