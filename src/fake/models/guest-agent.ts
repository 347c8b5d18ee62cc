/**
 * What a guest agent says of itself. All that looks into a guest is made up, and nothing acts on one.
 */
import type { Schema } from '../../qapi/index.js';
import type { Model } from '../model.js';

/** The release whose commands the bundled schema has. */
const VERSION = '7.2.0';

/** Commands that this guest does not support, as one with Linux: listed, and not found. */
export const BLOCKED: ReadonlySet<string> = new Set(['guest-get-devices']);

export function guestAgent(schema: Schema): Model {
  return {
    handlers: {
      'guest-ping': () => ({}),
      'guest-sync': ({ id }) => id ?? 0,
      'guest-sync-delimited': ({ id }) => id ?? 0,
      'guest-info': () => ({
        version: VERSION,
        supported_commands: [...schema.commands.values()].map(({ name, successResponse }) => ({
          name,
          enabled: !BLOCKED.has(name),
          'success-response': successResponse,
        })),
      }),
    },
  };
}
