/**
 * Socket chardevs: each a client, or a server of one client at a time.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { JsonObject } from '../../json/index.js';
import { CommandError } from '../outcome.js';
import { linkAddress, listenForLinks, openLink, type LinkAddress } from './links.js';

export class SocketChardev {
  readonly #address: LinkAddress;
  readonly #options: JsonObject;
  readonly #listens: boolean;
  #server: Server | undefined;
  #socket: Socket | undefined;
  #retry: NodeJS.Timeout | undefined;
  #closed = false;

  /**
   * @param options a `ChardevSocket`
   * @throws CommandError for options that do not go together, and for an address that this server does not use
   */
  constructor(options: JsonObject) {
    this.#options = options;
    this.#listens = options.server !== false;
    const problem = this.#problem();
    if (problem !== undefined) throw new CommandError(problem);
    this.#address = linkAddress(options.addr);
  }

  /** As query-chardev shows it. */
  get filename(): string {
    const address = this.#address;
    const where = 'path' in address ? `unix:${address.path}` : `tcp:${address.host}:${address.port}`;
    const gone = this.#socket === undefined ? 'disconnected:' : '';
    return `${gone}${where}${this.#listens ? ',server=on' : ''}`;
  }

  /**
   * Connects or listens.
   *
   * @param onReady called when the device exists; with `wait` a server goes on to wait for a client
   */
  async open(onReady: () => void): Promise<void> {
    if (this.#listens) return this.#listen(onReady);
    const { reconnect = 0, 'reconnect-ms': milliseconds = 0 } = this.#options;
    const retryMs = Math.max(Number(reconnect) * 1000, Number(milliseconds));
    if (retryMs > 0) void this.#keepConnecting(retryMs);
    else this.#adopt(await openLink(this.#address));
    onReady();
  }

  /** Ends the connection, if there is one. */
  disconnect(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.disconnect();
    this.#server?.close();
  }

  #problem(): string | undefined {
    const has = (name: string): boolean => Object.hasOwn(this.#options, name);
    if (has('tls-creds') || has('tls-authz')) return 'there are no TLS credentials';
    if (has('reconnect') && has('reconnect-ms')) return "'reconnect' and 'reconnect-ms' exclude each other";
    if (this.#listens) return has('reconnect') ? "'reconnect' is for clients only" : undefined;
    if (has('wait')) return "'wait' is for servers only";
    return this.#options.websocket === true ? "'websocket' is for servers only" : undefined;
  }

  async #listen(onReady: () => void): Promise<void> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      this.#adopt(socket);
    });
    await listenForLinks(server, this.#address);
    this.#server = server;
    onReady();
    // With `wait` the command, and with it every in-band command, waits for somebody to connect.
    if (this.#options.wait === true) await new Promise((resolve) => server.once('connection', resolve));
  }

  /** Connects again whenever there is no connection. */
  async #keepConnecting(retryMs: number): Promise<void> {
    const again = (): void => {
      if (this.#closed) return;
      this.#retry = setTimeout(() => void this.#keepConnecting(retryMs), Math.min(retryMs, 2 ** 31 - 1));
      this.#retry.unref();
    };
    try {
      const socket = await openLink(this.#address);
      this.#adopt(socket);
      socket.once('close', again);
    } catch {
      again();
    }
  }

  #adopt(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    if (this.#closed) this.disconnect();
    const gone = (): void => {
      if (this.#socket === socket) this.#socket = undefined;
    };
    socket.on('close', gone);
    socket.on('end', gone);
  }
}
