/**
 * User-creatable objects (qapi/qom.json): they only exist, below /objects, until they are deleted.
 */
import type { Json } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';
import { text } from './links.js';

export class Objects implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  /** Types by id. */
  readonly #objects = new Map<string, string>();

  constructor() {
    this.handlers = {
      'object-add': (args) => this.#add(text(args.id), text(args['qom-type'])),
      'object-del': ({ id }) => this.#delete(text(id)),
      'qom-list': ({ path }) => this.#list(text(path)),
    };
  }

  #add(id: string, type: string): Json {
    if (!/^[A-Za-z][\w.-]*$/.test(id)) throw new CommandError(`'${id.slice(0, 80)}' is no identifier`);
    if (this.#objects.has(id)) throw new CommandError(`there is an object '${id.slice(0, 80)}' already`);
    this.#objects.set(id, type);
    return {};
  }

  #delete(id: string): Json {
    if (!this.#objects.delete(id)) throw new CommandError(`there is no object '${id.slice(0, 80)}'`);
    return {};
  }

  #list(path: string): Json {
    if (path === '') throw new CommandError('this is no path of one object');
    if (path !== '/objects') {
      throw new CommandError(`there is no object at '${path.slice(0, 80)}'`, 'DeviceNotFound');
    }
    return [
      { name: 'type', type: 'string' },
      ...[...this.#objects].map(([name, type]) => ({ name, type: `child<${type}>` })),
    ];
  }
}
