/**
 * What the fake does as a guest agent, where that is not what a monitor does.
 */
import { isObject, member, writeJson, type Json } from '../json/index.js';
import type { Command } from '../qapi/index.js';
import { referenceBehaviour, type Behaviour, type SessionState } from './behaviour.js';
import { BLOCKED } from './models/guest-agent.js';
import { failure } from './outcome.js';

const NO_BYTES = Buffer.alloc(0);
const DELIMITER = Buffer.of(0xff);

/** The command that a request names, if there is one. */
export function commandOf(request: Json, { machine }: SessionState): Command | undefined {
  const name = isObject(request) ? member(request, 'execute') : undefined;
  return typeof name === 'string' ? machine.schema.commands.get(name) : undefined;
}

export const agentBehaviour: Behaviour = {
  ...referenceBehaviour,

  keepsParser: true,

  greet: () => [],

  encode: (message) => Buffer.from(`${writeJson(message)}\n`, 'latin1'),

  findCommand({ name, session }) {
    const command = session.machine.schema.commands.get(name);
    if (command === undefined)
      return failure(`there is no command '${name.slice(0, 80)}'`, 'CommandNotFound');
    return BLOCKED.has(name) ? failure(`the command '${name}' is disabled`, 'CommandNotFound') : command;
  },

  reply(request, outcome, session) {
    const silent = 'return' in outcome && commandOf(request, session)?.successResponse === false;
    return silent ? [] : referenceBehaviour.reply(request, outcome, session);
  },

  leadIn: (request, outcome, session) =>
    'return' in outcome && commandOf(request, session)?.name === 'guest-sync-delimited'
      ? DELIMITER
      : NO_BYTES,

  hearsEvents: () => false,
};
