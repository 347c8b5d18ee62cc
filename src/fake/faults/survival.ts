/**
 * Faults of a server that gets into trouble over generated requests: it dies, hangs, or answers nonsense.
 */
import { isObject, member } from '../../json/index.js';
import type { Fault } from '../fault.js';

export const survivalFaults: readonly Fault[] = [
  {
    id: 'dies-of-a-valid-request',
    title: 'the server ends without an answer when a list has no elements',
    change: ({ execute }) => ({
      execute: (command, args, call) => {
        const options = member(args, 'options');
        const empty = Array.isArray(options) && options.length === 0;
        if (command.name !== 'blockdev-reopen' || !empty) return execute(command, args, call);
        call.session.machine.crash();
        return new Promise(() => undefined);
      },
    }),
  },
  {
    id: 'hangs-on-a-valid-request',
    title: 'the server answers nothing more after it was asked about an object with an empty path',
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        command.name === 'qom-list' && member(args, 'path') === ''
          ? new Promise(() => undefined)
          : execute(command, args, call),
    }),
  },
  {
    id: 'dies-of-a-request-to-refuse',
    title: 'the server ends without an answer when a discriminator is null',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        const problems = argumentProblems(command, args, call);
        const fatal = problems.some(({ role, found }) => role === 'discriminator' && found === null);
        if (fatal && command.name === 'object-add') call.session.machine.crash();
        return problems;
      },
    }),
  },
  {
    id: 'return-null-for-arguments',
    title: 'commands that get more than one argument return null',
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        Object.keys(args).length > 1 ? { return: null } : execute(command, args, call),
    }),
  },
  {
    id: 'two-faults-accepted',
    title: 'arguments with two faults are accepted',
    change: ({ argumentProblems, execute }) => {
      const accepted = new WeakSet();
      return {
        argumentProblems: (command, args, call) => {
          const problems = argumentProblems(command, args, call);
          if (problems.length < 2 || args === undefined || !isObject(args)) return problems;
          accepted.add(call.request);
          return [];
        },
        execute: (command, args, call) =>
          accepted.has(call.request) ? { return: {} } : execute(command, args, call),
      };
    },
  },
];
