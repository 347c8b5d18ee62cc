/**
 * Connections that the machine makes or takes on request, as a QEMU would: over Unix sockets and on this machine,
 * nowhere else.
 */
import { connect, type Server, type Socket } from 'node:net';
import { member, isObject, type Json, type JsonObject } from '../../json/index.js';
import { parseEndpoint } from '../../qmp/index.js';
import { isLoopback, listenPrivately } from '../listen.js';
import { CommandError } from '../outcome.js';

export type LinkAddress = { readonly path: string } | { readonly host: string; readonly port: number };

/**
 * Reads a socket address: flat (`SocketAddress`) or with its members in `data` (`SocketAddressLegacy`).
 *
 * @throws CommandError for an address that leads elsewhere than to a Unix socket or to this machine
 */
export function linkAddress(value: Json | undefined): LinkAddress {
  const address = object(value);
  const inner = member(address, 'data') === undefined ? address : object(member(address, 'data'));
  const path = member(inner, 'path');
  if (member(address, 'type') === 'unix' && typeof path === 'string') {
    // Of a path that is no path of a socket the system would take the beginning.
    const endpoint = parseEndpoint(`unix:${path}`);
    if ('error' in endpoint) throw new CommandError(endpoint.error);
    return { path };
  }
  const host = member(inner, 'host');
  const port = Number(member(inner, 'port'));
  if (member(address, 'type') !== 'inet' || typeof host !== 'string' || !isLoopback(host)) {
    throw new CommandError('this server connects to Unix sockets and to its own machine only');
  }
  if (!Number.isInteger(port) || port < 1 || port > 65535) throw new CommandError('the port is not valid');
  return { host, port };
}

/** Connects; rejects with a CommandError. */
export async function openLink(address: LinkAddress): Promise<Socket> {
  try {
    return await new Promise((resolve, reject) => {
      // Throws for a path that is none.
      const socket = connect(address);
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        // Errors end the connection, and the end is what the owner listens for.
        socket.on('error', () => undefined);
        socket.resume();
        resolve(socket);
      });
    });
  } catch (error) {
    throw new CommandError(`cannot connect: ${messageOf(error)}`);
  }
}

/** Listens where only this machine, or only this user, can connect; rejects with a CommandError. */
export async function listenForLinks(server: Server, address: LinkAddress): Promise<void> {
  try {
    await listenPrivately(server, address);
  } catch (error) {
    throw new CommandError(`cannot listen: ${messageOf(error)}`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The value when it is an object, else an empty one. */
export function object(value: Json | undefined): JsonObject {
  return value !== undefined && isObject(value) ? value : {};
}

/** The value when it is a string, else the empty one. */
export function text(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
