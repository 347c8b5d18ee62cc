/**
 * Block nodes (qapi/block-core.json). Nodes exist and refer to each other; an NBD node really connects and can be
 * yanked. No file of the host is opened.
 */
import type { Socket } from 'node:net';
import { isObject, type Json, type JsonObject } from '../../json/index.js';
import type { Handler, Machine, Model } from '../machine.js';
import { CommandError } from '../outcome.js';
import { linkAddress, object, openLink, text } from './links.js';
import type { YankInstance } from './yank.js';

interface BlockNode {
  readonly name: string;
  readonly driver: string;
  readonly readOnly: boolean;
  /** Names of the nodes that this one needs. */
  readonly children: readonly string[];
  readonly close: () => void;
}

export class BlockNodes implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #machine: Machine;
  readonly #nodes = new Map<string, BlockNode>();
  #generated = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
    this.handlers = {
      'blockdev-add': (args) => this.#addRoot(args),
      'blockdev-del': (args) => this.#remove(text(args['node-name'])),
      'query-named-block-nodes': () => [...this.#nodes.values()].map(report),
      'query-block': () => [],
      'query-block-jobs': () => [],
      'query-jobs': () => [],
    };
  }

  close(): void {
    for (const node of this.#nodes.values()) node.close();
    this.#nodes.clear();
  }

  async #addRoot(options: JsonObject): Promise<Json> {
    if (typeof options['node-name'] !== 'string')
      throw new CommandError("the member 'node-name' is needed here");
    await this.#add(options);
    return {};
  }

  /** Adds a node and the nodes defined in place inside it; returns its name. */
  async #add(options: JsonObject): Promise<string> {
    const name =
      typeof options['node-name'] === 'string' ? options['node-name'] : `#block${this.#generated++}`;
    if (!/^[A-Za-z#][A-Za-z0-9._-]*$/.test(name)) throw new CommandError('the node name is not well-formed');
    if (this.#nodes.has(name)) throw new CommandError(`the node '${name}' exists already`);
    const children: string[] = [];
    for (const reference of references(options)) {
      children.push(typeof reference === 'string' ? this.#find(reference).name : await this.#add(reference));
    }
    const driver = text(options.driver);
    const close = driver === 'nbd' ? await this.#connectNbd(name, options) : () => undefined;
    this.#nodes.set(name, { name, driver, readOnly: options['read-only'] === true, children, close });
    return name;
  }

  /** The instance is there while the connection is being made: that is when it may hang. */
  async #connectNbd(name: string, options: JsonObject): Promise<() => void> {
    let socket: Socket | undefined;
    const instance: YankInstance = {
      key: { type: 'block-node', 'node-name': name },
      yank: () => {
        socket?.destroy();
      },
    };
    this.#machine.yank.register(instance);
    try {
      socket = await openLink(linkAddress(options.server));
    } catch (error) {
      this.#machine.yank.unregister(instance);
      throw error;
    }
    return () => {
      this.#machine.yank.unregister(instance);
      socket.destroy();
    };
  }

  #find(name: string): BlockNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new CommandError(`there is no node '${name.slice(0, 80)}'`);
    return node;
  }

  #remove(name: string): Json {
    const node = this.#find(name);
    const user = [...this.#nodes.values()].find(({ children }) => children.includes(name));
    if (user !== undefined) throw new CommandError(`the node '${name}' is in use by '${user.name}'`);
    node.close();
    this.#nodes.delete(name);
    return {};
  }
}

/** The members by which a node refers to others: a name, or a definition in place. */
function references(options: JsonObject): (string | JsonObject)[] {
  const found: (string | JsonObject)[] = [];
  for (const name of ['file', 'image', 'backing', 'raw']) {
    const value = options[name];
    if (typeof value === 'string' || (value !== undefined && isObject(value))) found.push(value);
  }
  if (Array.isArray(options.children)) {
    for (const child of options.children) found.push(typeof child === 'string' ? child : object(child));
  }
  return found;
}

function report(node: BlockNode): Json {
  const image = { filename: `${node.driver}://`, format: node.driver, 'virtual-size': 1 << 20 };
  return {
    file: `${node.driver}://`,
    'node-name': node.name,
    ro: node.readOnly,
    drv: node.driver,
    backing_file_depth: 0,
    active: true,
    encrypted: false,
    detect_zeroes: 'off',
    bps: 0,
    bps_rd: 0,
    bps_wr: 0,
    iops: 0,
    iops_rd: 0,
    iops_wr: 0,
    image,
    cache: { writeback: true, direct: false, 'no-flush': false },
    write_threshold: 0,
  };
}
