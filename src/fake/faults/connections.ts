import type { Fault } from '../fault.js';

export const connectionFaults: readonly Fault[] = [
  {
    id: 'parser-survives-reconnect',
    title: 'half a request of one client spoils the first request of the next',
    change: () => {
      let left = Buffer.alloc(0);
      return {
        input: () => {
          let before = left;
          left = Buffer.alloc(0);
          return (bytes) => {
            const all = Buffer.concat([before, bytes]);
            before = Buffer.alloc(0);
            left = /[}\s]$/.test(all.toString('latin1')) ? Buffer.alloc(0) : all;
            return all;
          };
        },
      };
    },
  },
  {
    id: 'listener-closes-after-nonsense',
    title: 'input that is no JSON ends the server when it comes before the negotiation',
    change: ({ parseError }) => ({
      parseError: (error, session) => {
        if (!session.negotiated) {
          session.machine.quit();
          session.machine.afterReply();
        }
        return parseError(error, session);
      },
    }),
  },
  {
    id: 'half-closed-kept-open',
    title: 'a client that has ended its side is not disconnected',
    change: () => ({ endsHalfClosed: false }),
  },
  {
    id: 'replies-to-all-sessions',
    title: 'replies go to every session',
    change: () => ({ hearsReply: () => true }),
  },
  {
    id: 'negotiation-shared',
    title: 'the negotiation of one session is that of all',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => {
        const outcome = negotiate(args, session);
        for (const other of session.machine.sessions) other.negotiated ||= session.negotiated;
        return outcome;
      },
    }),
  },
  {
    id: 'capabilities-shared',
    title: 'a capability that one session enables is enabled for all',
    change: ({ negotiate }) => ({
      negotiate: (args, session) => {
        const outcome = negotiate(args, session);
        for (const other of session.machine.sessions) other.oob ||= session.oob;
        return outcome;
      },
    }),
  },
];
