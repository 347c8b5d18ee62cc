/**
 * Block nodes (qapi/block-core.json). Nodes exist and refer to each other; an NBD node really connects and can be
 * yanked. No file of the host is opened.
 */
import type { Socket } from 'node:net';
import { isObject, type Json, type JsonObject } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';
import { linkAddress, object, openLink, text } from './links.js';
import type { YankInstance, YankRegistry } from './yank.js';

interface BlockNode {
  readonly name: string;
  readonly driver: string;
  /** What of it can be changed. */
  readonly state: NodeState;
  /** Names of the nodes that this one needs. */
  readonly children: readonly string[];
  /** Added by a client, not defined in place inside another node, with which it would go. */
  readonly byClient: boolean;
  readonly close: () => void;
}

interface NodeState {
  readonly readOnly: boolean;
  readonly detectZeroes: string;
}

const NODE_NAME = /^[A-Za-z][A-Za-z0-9._-]{0,30}$/;

export class BlockNodes implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #yank: YankRegistry;
  readonly #nodes = new Map<string, BlockNode>();
  #generated = 0;

  constructor(yank: YankRegistry) {
    this.#yank = yank;
    this.handlers = {
      'blockdev-add': (args) => this.#addByClient(args),
      'blockdev-reopen': ({ options }) => this.#reopen(Array.isArray(options) ? options.map(object) : []),
      'blockdev-del': (args) => this.#removeByClient(text(args['node-name'])),
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

  async #addByClient(options: JsonObject): Promise<Json> {
    if (typeof options['node-name'] !== 'string')
      throw new CommandError("the member 'node-name' is needed here");
    await this.#add(options, true);
    return {};
  }

  /**
   * Adds a node and the nodes defined in place inside it.
   *
   * @returns its name
   * @throws CommandError when one of them cannot be added; then none is
   */
  async #add(options: JsonObject, byClient: boolean): Promise<string> {
    const children: string[] = [];
    const state = nodeState(options);
    try {
      for (const reference of references(options)) {
        children.push(
          typeof reference === 'string' ? this.#find(reference).name : await this.#add(reference, false),
        );
      }
      const name = this.#nameFor(options);
      const driver = text(options.driver);
      const close = driver === 'nbd' ? await this.#connectNbd(name, options) : () => undefined;
      this.#nodes.set(name, { name, driver, state, children, byClient, close });
      return name;
    } catch (error) {
      for (const child of children) this.#release(child);
      throw error;
    }
  }

  #nameFor(options: JsonObject): string {
    const name = options['node-name'];
    if (typeof name !== 'string') return `#block${this.#generated++}`;
    if (!NODE_NAME.test(name)) throw new CommandError('the node name is not well-formed');
    if (this.#nodes.has(name)) throw new CommandError(`the node '${name}' exists already`);
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
    this.#yank.register(instance);
    try {
      socket = await openLink(linkAddress(options.server));
    } catch (error) {
      this.#yank.unregister(instance);
      throw error;
    }
    return () => {
      this.#yank.unregister(instance);
      socket.destroy();
    };
  }

  #find(name: string): BlockNode {
    const node = this.#nodes.get(name);
    if (node === undefined) throw new CommandError(`there is no node '${name.slice(0, 80)}'`);
    return node;
  }

  #userOf(name: string): BlockNode | undefined {
    return [...this.#nodes.values()].find(({ children }) => children.includes(name));
  }

  /** All or nothing: one node that cannot change leaves the others as they are. */
  #reopen(list: readonly JsonObject[]): Json {
    const changed = list.map((options): BlockNode => {
      const node = this.#find(text(options['node-name']));
      const { driver, children } = node;
      const same = references(options);
      if (
        options.driver !== driver ||
        same.length !== children.length ||
        same.some((child, index) => child !== children[index])
      )
        throw new CommandError(`neither driver nor children of the node '${node.name}' can be changed`);
      return { ...node, state: nodeState(options) };
    });
    for (const node of changed) this.#nodes.set(node.name, node);
    return {};
  }

  #removeByClient(name: string): Json {
    const node = this.#find(name);
    if (!node.byClient) throw new CommandError(`the node '${name}' was not added by itself`);
    const user = this.#userOf(name);
    if (user !== undefined) throw new CommandError(`the node '${name}' is in use by '${user.name}'`);
    this.#remove(node);
    return {};
  }

  #remove(node: BlockNode): void {
    node.close();
    this.#nodes.delete(node.name);
    for (const child of node.children) this.#release(child);
  }

  /** Removes a node that was defined in place, when nothing refers to it any more. */
  #release(name: string): void {
    const node = this.#nodes.get(name);
    if (node !== undefined && !node.byClient && this.#userOf(name) === undefined) this.#remove(node);
  }
}

/**
 * The state that options give a node.
 *
 * @throws CommandError for options that do not go together
 */
function nodeState(options: JsonObject): NodeState {
  const { discard, children, 'vote-threshold': threshold, 'latency-ns': latency = 0 } = options;
  const detectZeroes = text(options['detect-zeroes'] ?? 'off');
  if (detectZeroes === 'unmap' && discard !== 'unmap')
    throw new CommandError("'detect-zeroes' cannot be 'unmap' where 'discard' is not");
  if (Array.isArray(children) && (Number(threshold) < 1 || Number(threshold) > children.length))
    throw new CommandError("'vote-threshold' must be from 1 to the number of children");
  if (Number(latency) >= 2 ** 63) throw new CommandError("'latency-ns' is too large");
  return { readOnly: options['read-only'] === true, detectZeroes };
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
    ro: node.state.readOnly,
    drv: node.driver,
    backing_file_depth: 0,
    active: true,
    encrypted: false,
    detect_zeroes: node.state.detectZeroes,
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
