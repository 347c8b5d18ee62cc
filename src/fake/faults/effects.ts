/**
 * Faults of a server that acts on requests that it refuses.
 */
import type { JsonObject } from '../../json/index.js';
import type { Command } from '../../qapi/index.js';
import type { MachineState } from '../behaviour.js';
import { CommandError } from '../outcome.js';
import type { Fault } from '../fault.js';

export const effectFaults: readonly Fault[] = [
  actsAllTheSame('effect-of-refused-chardev', 'a chardev comes of a refused request', 'chardev-add', {
    id: 'ghost',
    backend: { type: 'null', data: {} },
  }),
  actsAllTheSame('effect-of-refused-node', 'a block node comes of a refused request', 'blockdev-add', {
    driver: 'null-co',
    'node-name': 'ghost',
  }),
  actsAllTheSame('effect-of-refused-object', 'an object comes of a refused request', 'object-add', {
    'qom-type': 'iothread',
    id: 'ghost',
  }),
  actsAllTheSame(
    'effect-of-refused-capabilities',
    'capabilities of migration change with a refused request',
    'migrate-set-capabilities',
    { capabilities: [{ capability: 'xbzrle', state: true }] },
  ),
  actsAllTheSame(
    'effect-of-refused-parameters',
    'parameters of migration change with a refused request',
    'migrate-set-parameters',
    { 'downtime-limit': 301 },
  ),
];

/** Executes a command with other arguments before it refuses those that it was given. */
function actsAllTheSame(id: string, title: string, name: string, instead: JsonObject): Fault {
  return {
    id,
    title,
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        const problems = argumentProblems(command, args, call);
        if (problems.length > 0 && command.name === name) void act(call.session.machine, command, instead);
        return problems;
      },
    }),
  };
}

async function act(machine: MachineState, command: Command, args: JsonObject): Promise<void> {
  try {
    await machine.execute(command, args);
  } catch (error) {
    // Once is enough.
    if (!(error instanceof CommandError)) throw error;
  }
}
