/**
 * What a server says of itself, and its end.
 */
import type { Json, JsonObject } from '../../json/index.js';
import type { Schema } from '../../qapi/index.js';
import type { Model } from '../model.js';

export interface ControlOptions {
  readonly schema: Schema;
  readonly version: JsonObject;
  readonly introspect: () => Json;
  readonly quit: () => void;
}

export function control({ schema, version, introspect, quit }: ControlOptions): Model {
  return {
    handlers: {
      'query-version': () => version,
      'query-commands': () => [...schema.commands.keys()].map((name) => ({ name })),
      'query-qmp-schema': introspect,
      'query-name': () => ({}),
      'human-monitor-command': () => '',
      quit: () => {
        quit();
        return {};
      },
    },
  };
}
