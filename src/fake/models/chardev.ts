/**
 * Character devices (qapi/char.json). Socket chardevs really connect and listen, and can be yanked; the other
 * backends only exist.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Json, JsonObject } from '../../json/index.js';
import type { Handler, Machine, Model } from '../machine.js';
import { CommandError } from '../outcome.js';
import { linkAddress, listenForLinks, object, openLink, text, type LinkAddress } from './links.js';
import type { YankInstance } from './yank.js';

interface Chardev {
  readonly label: string;
  readonly filename: () => string;
  readonly close: () => void;
}

export class Chardevs implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #machine: Machine;
  readonly #chardevs = new Map<string, Chardev>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.handlers = {
      'query-chardev': () => this.#report(),
      'query-chardev-backends': () => ['null', 'socket', 'ringbuf'].map((name) => ({ name })),
      'chardev-add': ({ id, backend }) => this.#add(text(id), object(backend)),
      'chardev-remove': ({ id }) => this.#remove(text(id)),
      'chardev-change': ({ id }) => {
        this.#find(text(id));
        throw new CommandError('this server does not change chardevs');
      },
    };
  }

  /** Adds the chardev of a monitor: yanking it ends the monitor's connections. */
  addMonitor(label: string, filename: string, disconnect: () => void): void {
    this.#chardevs.set(label, { label, filename: () => filename, close: () => undefined });
    this.#machine.yank.register({ key: { type: 'chardev', id: label }, yank: disconnect });
  }

  close(): void {
    for (const chardev of this.#chardevs.values()) chardev.close();
    this.#chardevs.clear();
  }

  #report(): Json {
    return [...this.#chardevs.values()].map(({ label, filename }) => {
      const name = filename();
      return { label, filename: name, 'frontend-open': !name.startsWith('disconnected:') };
    });
  }

  #find(id: string): Chardev {
    const chardev = this.#chardevs.get(id);
    if (chardev === undefined) throw new CommandError(`there is no chardev '${id.slice(0, 80)}'`);
    return chardev;
  }

  #add(id: string, backend: JsonObject): Json | Promise<Json> {
    if (!/^[A-Za-z][A-Za-z0-9._-]*$/.test(id)) throw new CommandError('the id is not well-formed');
    if (this.#chardevs.has(id)) throw new CommandError(`the chardev '${id}' exists already`);
    if (backend.type !== 'socket') {
      this.#chardevs.set(id, { label: id, filename: () => text(backend.type), close: () => undefined });
      return {};
    }
    const options = object(backend.data);
    const address = linkAddress(options.addr);
    return options.server === false
      ? this.#connect(id, address)
      : this.#listen(id, address, options.wait === true);
  }

  async #connect(id: string, address: LinkAddress): Promise<Json> {
    const device = this.#socketDevice(id, address, false);
    device.adopt(await openLink(address));
    device.publish();
    return {};
  }

  async #listen(id: string, address: LinkAddress, wait: boolean): Promise<Json> {
    const device = this.#socketDevice(id, address, true);
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.resume();
      device.adopt(socket);
    });
    await listenForLinks(server, address);
    device.publish(server);
    // With `wait` the command, and with it every in-band command, waits for somebody to connect.
    if (wait) await new Promise((resolve) => server.once('connection', resolve));
    return {};
  }

  #remove(id: string): Json {
    this.#find(id).close();
    this.#chardevs.delete(id);
    return {};
  }

  #socketDevice(id: string, address: LinkAddress, server: boolean): SocketDevice {
    return new SocketDevice(id, address, server, this.#machine, this.#chardevs);
  }
}

/** A socket chardev: a client, or a server of one client at a time. */
class SocketDevice {
  readonly #id: string;
  readonly #name: string;
  readonly #machine: Machine;
  readonly #chardevs: Map<string, Chardev>;
  #socket: Socket | undefined;

  constructor(
    id: string,
    address: LinkAddress,
    server: boolean,
    machine: Machine,
    chardevs: Map<string, Chardev>,
  ) {
    this.#id = id;
    this.#name = `${'path' in address ? `unix:${address.path}` : `tcp:${address.host}:${address.port}`}${server ? ',server=on' : ''}`;
    this.#machine = machine;
    this.#chardevs = chardevs;
  }

  adopt(socket: Socket): void {
    this.#socket?.destroy();
    this.#socket = socket;
    const gone = (): void => {
      if (this.#socket === socket) this.#socket = undefined;
    };
    socket.on('close', gone);
    socket.on('end', gone);
  }

  /** From now on the device is listed and can be yanked; it ends with its server, when it has one. */
  publish(server?: Server): void {
    const instance: YankInstance = {
      key: { type: 'chardev', id: this.#id },
      yank: () => {
        this.#disconnect();
      },
    };
    this.#machine.yank.register(instance);
    this.#chardevs.set(this.#id, {
      label: this.#id,
      filename: () => (this.#socket === undefined ? `disconnected:${this.#name}` : this.#name),
      close: () => {
        this.#machine.yank.unregister(instance);
        this.#disconnect();
        server?.close();
      },
    });
  }

  #disconnect(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }
}
