import { isObject, member } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { failure } from '../outcome.js';
import { withClass } from './change.js';

export const outOfBandFaults: readonly Fault[] = [
  {
    id: 'oob-for-all-commands',
    title: 'every command is executed out of band',
    change: () => ({ oobProblem: () => undefined }),
  },
  {
    id: 'oob-unsupported-command-not-found',
    title: 'a command that may not be executed out of band gives CommandNotFound',
    change: ({ oobProblem }) => ({
      oobProblem: (command) => {
        const problem = oobProblem(command);
        return problem === undefined ? undefined : withClass(problem, 'CommandNotFound');
      },
    }),
  },
  {
    id: 'oob-unknown-generic-error',
    title: 'an unknown command sent out of band gives GenericError',
    change: ({ findCommand }) => ({
      findCommand: (call) => {
        const found = findCommand(call);
        return call.oob && !('kind' in found) ? withClass(found, 'GenericError') : found;
      },
    }),
  },
  {
    id: 'oob-refused-for-allowed',
    title: 'commands with allow-oob are refused out of band',
    change: () => ({ oobProblem: () => failure('this server executes nothing out of band') }),
  },
  {
    id: 'oob-arguments-unchecked',
    title: 'arguments of out-of-band commands are not checked',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => (call.oob ? [] : argumentProblems(command, args, call)),
    }),
  },
  {
    id: 'oob-commands-only-oob',
    title: 'commands with allow-oob are refused in band',
    change: ({ findCommand }) => ({
      findCommand: (call) => {
        const found = findCommand(call);
        return 'kind' in found && found.allowOob && !call.oob ? failure('use exec-oob') : found;
      },
    }),
  },
  {
    id: 'oob-in-turn',
    title: 'out-of-band commands wait for their turn',
    change: () => ({ overtakes: () => false }),
  },
  {
    id: 'oob-errors-in-turn',
    title: 'out-of-band requests that fail wait for their turn',
    change: ({ overtakes }) => ({
      overtakes: (request, session) => {
        const name = isObject(request) ? member(request, 'exec-oob') : undefined;
        const command = typeof name === 'string' ? session.machine.schema.commands.get(name) : undefined;
        return command?.allowOob === true && overtakes(request, session);
      },
    }),
  },
  {
    id: 'errors-overtake',
    title: 'malformed in-band requests are answered at once',
    change: ({ overtakes }) => ({
      overtakes: (request, session) =>
        overtakes(request, session) ||
        (session.oob && isObject(request) && !Object.hasOwn(request, 'execute')),
    }),
  },
  {
    id: 'short-queue',
    title: 'the server stops reading with five in-band commands in flight',
    change: () => ({ queueLength: 4 }),
  },
  {
    id: 'full-queue-drops',
    title: 'in-band commands beyond the ninth in flight are dropped',
    change: () => ({
      queueLength: Infinity,
      requests: (value, session) => (session.waiting >= 8 ? [] : [value]),
    }),
  },
];
