/**
 * What many faults have in common.
 */
import type { ErrorClass, ValueProblem } from '../../judge/index.js';
import { isObject, type Json, type JsonObject } from '../../json/index.js';
import type { Command } from '../../qapi/index.js';
import type { Behaviour, Call } from '../behaviour.js';
import type { Fault } from '../fault.js';
import type { CommandOutcome } from '../outcome.js';

/** The same failure with another class; a success stays one. */
export function withClass(outcome: CommandOutcome, errorClass: string): CommandOutcome {
  return 'error' in outcome ? { error: { ...outcome.error, class: errorClass as ErrorClass } } : outcome;
}

/** A fault that changes the text that comes in, one piece as it was received at a time. */
export function rewritesInput(id: string, title: string, pattern: RegExp, replacement: string): Fault {
  return {
    id,
    title,
    change: () => ({
      input: () => (bytes) =>
        Buffer.from(Buffer.from(bytes).toString('latin1').replace(pattern, replacement), 'latin1'),
    }),
  };
}

/** A fault that changes the text of the messages that go out. */
export function rewritesOutput(
  id: string,
  title: string,
  change: (text: string, message: JsonObject) => string | Buffer,
): Fault {
  return {
    id,
    title,
    change: ({ encode }) => ({
      encode: (message) => {
        const text = Buffer.from(encode(message)).toString('latin1');
        const changed = isObject(message) ? change(text, message) : text;
        return typeof changed === 'string' ? Buffer.from(changed, 'latin1') : changed;
      },
    }),
  };
}

/** A fault that changes replies; `change` gets the reply without the wrapping and may return any number of messages. */
export function changesReplies(
  id: string,
  title: string,
  change: (reply: JsonObject, request: Json) => Json[],
): Fault {
  return {
    id,
    title,
    change: ({ reply }) => ({
      reply: (request, outcome, session) =>
        reply(request, outcome, session).flatMap((message) =>
          isObject(message) ? change(message, request) : [message],
        ),
    }),
  };
}

/** A fault that changes how one command, or every one, ends. */
export function changesOutcome(
  id: string,
  title: string,
  commands: readonly string[],
  change: (outcome: CommandOutcome, args: JsonObject, call: Call) => CommandOutcome,
): Fault {
  return {
    id,
    title,
    change: ({ execute }) => ({
      execute: (command, args, call) => {
        const outcome = execute(command, args, call);
        if (!commands.includes(command.name)) return outcome;
        return outcome instanceof Promise
          ? outcome.then((settled) => change(settled, args, call))
          : change(outcome, args, call);
      },
    }),
  };
}

/** A fault that does something else instead of executing a command; undefined: executes it all the same. */
export function replacesExecution(
  id: string,
  title: string,
  commandName: string,
  instead: (args: JsonObject, call: Call) => CommandOutcome | undefined,
): Fault {
  return {
    id,
    title,
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        (command.name === commandName ? instead(args, call) : undefined) ?? execute(command, args, call),
    }),
  };
}

/** A fault that overlooks some problems of arguments. */
export function overlooks(
  id: string,
  title: string,
  overlooked: (problem: ValueProblem, command: Command) => boolean,
): Fault {
  return {
    id,
    title,
    change: ({ argumentProblems }: Behaviour) => ({
      argumentProblems: (command, args, call) =>
        argumentProblems(command, args, call).filter((problem) => !overlooked(problem, command)),
    }),
  };
}
