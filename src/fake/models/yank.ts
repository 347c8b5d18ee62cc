/**
 * Yank (qapi/yank.json): ends connections that would otherwise keep the machine waiting. Other models register what
 * can be yanked.
 */
import { jsonEqual, type Json, type JsonObject } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';

/** Something that can be yanked. */
export interface YankInstance {
  /** As query-yank shows it. */
  readonly key: JsonObject;
  /** Ends the connection; nothing happens when there is none. */
  readonly yank: () => void;
}

export class YankRegistry implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  #instances: YankInstance[] = [];

  constructor() {
    this.handlers = {
      'query-yank': () => this.#instances.map(({ key }) => key),
      yank: ({ instances }) => this.#yank(Array.isArray(instances) ? instances : []),
    };
  }

  register(instance: YankInstance): void {
    this.#instances.push(instance);
  }

  unregister(instance: YankInstance): void {
    this.#instances = this.#instances.filter((known) => known !== instance);
  }

  find(key: Json): YankInstance | undefined {
    return this.#instances.find((known) => jsonEqual(known.key, key));
  }

  /** All or nothing: an unknown instance leaves the known ones alone. */
  #yank(keys: readonly Json[]): Json {
    const instances = keys.map((key) => this.find(key));
    if (instances.includes(undefined)) throw new CommandError('there is no such instance', 'DeviceNotFound');
    for (const instance of instances) instance?.yank();
    return {};
  }
}
