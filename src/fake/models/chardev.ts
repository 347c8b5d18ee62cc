/**
 * Character devices (qapi/char.json). Socket chardevs really connect and listen, and can be yanked; ring buffers keep
 * what is written; the other backends only exist.
 */
import type { Json, JsonObject } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';
import { object, text } from './links.js';
import { RingBuffer } from './ring-buffer.js';
import { SocketChardev } from './socket-chardev.js';
import type { YankInstance, YankRegistry } from './yank.js';

interface Chardev {
  readonly filename: () => string;
  readonly close: () => void;
  /** A monitor uses it; nothing else in this machine uses any. */
  readonly inUse?: boolean;
  readonly buffer?: RingBuffer;
}

export class Chardevs implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #yank: YankRegistry;
  readonly #chardevs = new Map<string, Chardev>();

  constructor(yank: YankRegistry) {
    this.#yank = yank;
    this.handlers = {
      'query-chardev': () => this.#report(),
      'query-chardev-backends': () => ['null', 'socket', 'ringbuf'].map((name) => ({ name })),
      'chardev-add': ({ id, backend }) => this.#add(text(id), object(backend)),
      'chardev-remove': ({ id }) => this.#remove(text(id)),
      'chardev-change': ({ id, backend }) => {
        this.#remove(text(id));
        return this.#add(text(id), object(backend));
      },
      'ringbuf-write': (args) => this.#buffer(text(args.device)).write(args),
      'ringbuf-read': (args) => this.#buffer(text(args.device)).read(args),
    };
  }

  /** Adds the chardev of a monitor: yanking it ends the monitor's connections. */
  addMonitor(label: string, filename: string, disconnect: () => void): void {
    this.#chardevs.set(label, { filename: () => filename, close: () => undefined, inUse: true });
    this.#yank.register({ key: { type: 'chardev', id: label }, yank: disconnect });
  }

  close(): void {
    for (const chardev of this.#chardevs.values()) chardev.close();
    this.#chardevs.clear();
  }

  #report(): Json {
    return [...this.#chardevs].map(([label, { filename, inUse = false }]) => ({
      label,
      filename: filename(),
      'frontend-open': inUse,
    }));
  }

  #find(id: string): Chardev {
    const chardev = this.#chardevs.get(id);
    if (chardev === undefined) throw new CommandError(`there is no chardev '${id.slice(0, 80)}'`);
    return chardev;
  }

  #buffer(id: string): RingBuffer {
    const { buffer } = this.#find(id);
    if (buffer === undefined) throw new CommandError(`the chardev '${id.slice(0, 80)}' is no ring buffer`);
    return buffer;
  }

  #add(id: string, backend: JsonObject): Json | Promise<Json> {
    if (this.#chardevs.has(id)) throw new CommandError(`the chardev '${id.slice(0, 80)}' exists already`);
    const data = object(backend.data);
    if (backend.type === 'socket') return this.#addSocket(id, new SocketChardev(data));
    const plain = { filename: () => text(backend.type), close: () => undefined };
    this.#chardevs.set(
      id,
      backend.type === 'ringbuf' ? { ...plain, buffer: new RingBuffer(data.size) } : plain,
    );
    return {};
  }

  async #addSocket(id: string, device: SocketChardev): Promise<Json> {
    const instance: YankInstance = {
      key: { type: 'chardev', id },
      yank: () => {
        device.disconnect();
      },
    };
    await device.open(() => {
      this.#yank.register(instance);
      this.#chardevs.set(id, {
        filename: () => device.filename,
        close: () => {
          this.#yank.unregister(instance);
          device.close();
        },
      });
    });
    return {};
  }

  #remove(id: string): Json {
    const chardev = this.#find(id);
    if (chardev.inUse === true) throw new CommandError(`the chardev '${id.slice(0, 80)}' is in use`);
    chardev.close();
    this.#chardevs.delete(id);
    return {};
  }
}
