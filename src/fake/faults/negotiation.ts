import { member, writeJson } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { failure } from '../outcome.js';
import { withClass } from './change.js';

const NEGOTIATION = 'qmp_capabilities';

export const negotiationFaults: readonly Fault[] = [
  {
    id: 'commands-before-negotiation',
    title: 'commands are executed before the negotiation',
    change: ({ findCommand }) => ({
      findCommand: (call) => findCommand({ ...call, session: { ...call.session, negotiated: true } }),
    }),
  },
  {
    id: 'prenegotiation-generic-error',
    title: 'a command before the negotiation gives GenericError',
    change: ({ findCommand }) => ({
      findCommand: (call) => {
        const found = findCommand(call);
        return call.session.negotiated || 'kind' in found ? found : withClass(found, 'GenericError');
      },
    }),
  },
  {
    id: 'prenegotiation-envelope-unchecked',
    title: 'the form of a request is not checked before the negotiation',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) =>
        session.negotiated ? envelopeProblem(request, session) : undefined,
    }),
  },
  {
    id: 'oob-before-negotiation',
    title: 'exec-oob is understood before the negotiation',
    change: ({ envelopeProblem }) => ({
      envelopeProblem: (request, session) =>
        envelopeProblem(request, session.negotiated ? session : { ...session, oob: true }),
    }),
  },
  {
    id: 'empty-enable-refused',
    title: 'qmp_capabilities refuses an empty list',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => {
        const enable = member(args, 'enable');
        return Array.isArray(enable) && enable.length === 0
          ? failure('nothing to enable')
          : negotiate(args, session);
      },
    }),
  },
  {
    id: 'negotiation-returns-value',
    title: 'qmp_capabilities returns what it enabled',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => {
        const outcome = negotiate(args, session);
        return 'return' in outcome ? { return: { enabled: session.oob ? ['oob'] : [] } } : outcome;
      },
    }),
  },
  {
    id: 'unknown-capability-accepted',
    title: 'qmp_capabilities passes over capabilities that it does not know',
    change: ({ argumentProblems, negotiate }) => ({
      argumentProblems: (command, args, call) =>
        argumentProblems(command, args, call).filter(
          ({ kind }) => command.name !== NEGOTIATION || kind !== 'unlisted-value',
        ),
      negotiate: (args, session) => {
        const enable = member(args, 'enable');
        const known = Array.isArray(enable) ? enable.filter((name) => name === 'oob') : [];
        return negotiate({ enable: known }, session);
      },
    }),
  },
  {
    id: 'negotiation-ends-on-error',
    title: 'a refused qmp_capabilities ends the negotiation mode',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        if (command.name === NEGOTIATION) call.session.negotiated = true;
        return argumentProblems(command, args, call);
      },
      negotiate: () => ({ return: {} }),
    }),
  },
  {
    id: 'negotiation-not-atomic',
    title: 'a refused qmp_capabilities enables the capabilities that it knows',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        if (command.name === NEGOTIATION && args !== undefined && writeJson(args).includes('"oob"'))
          call.session.oob = true;
        return argumentProblems(command, args, call);
      },
    }),
  },
  {
    id: 'negotiation-arguments-unchecked',
    title: 'the arguments of qmp_capabilities are not checked',
    change: ({ argumentProblems, negotiate }) => ({
      argumentProblems: (command, args, call) =>
        command.name === NEGOTIATION ? [] : argumentProblems(command, args, call),
      negotiate: (args, session) => {
        const enable = member(args, 'enable');
        return negotiate(
          { enable: Array.isArray(enable) ? enable.filter((name) => name === 'oob') : [] },
          session,
        );
      },
    }),
  },
  {
    id: 'one-negotiation-attempt',
    title: 'after a refused qmp_capabilities every further one is refused',
    change: ({ argumentProblems, negotiate }) => ({
      argumentProblems: (command, args, call) => {
        const problems = argumentProblems(command, args, call);
        if (command.name === NEGOTIATION && problems.length > 0) call.session.memory.set('refused', true);
        return problems;
      },
      negotiate: (args, session) =>
        session.memory.has('refused') ? failure('there was one attempt') : negotiate(args, session),
    }),
  },
  {
    id: 'second-negotiation-accepted',
    title: 'qmp_capabilities succeeds in command mode',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => (session.negotiated ? { return: {} } : negotiate(args, session)),
    }),
  },
  {
    id: 'second-negotiation-generic-error',
    title: 'qmp_capabilities in command mode gives GenericError',
    change: ({ negotiate }) => ({
      negotiate: (args, session) =>
        session.negotiated ? failure('negotiated already') : negotiate(args, session),
    }),
  },
  {
    id: 'repeated-capability-refused',
    title: 'qmp_capabilities refuses a list with a capability twice',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => {
        const enable = member(args, 'enable');
        const repeats = Array.isArray(enable) && new Set(enable).size < enable.length;
        return repeats ? failure('a capability is named twice') : negotiate(args, session);
      },
    }),
  },
];
