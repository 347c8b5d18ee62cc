import {
  anyError,
  commandNotFound,
  emptyReturn,
  genericError,
  reply,
  success,
} from '../../src/judge/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, spec } from '../citations.js';
import { NO_COMMAND, jsonText } from '../request-text.js';

const NEGOTIATION = 'Capabilities Negotiation';

export const connections: readonly Rule[] = [
  {
    kind: 'check',
    id: 'conn.clean-parser',
    title: 'half a request of one client does not spoil the first request of the next',
    level: 'should',
    since: '0.1.0',
    reference: observed('Connections', 'Every connection starts with a parser in its known-good state.'),
    needs: { profile: 'readonly' },
    detects: ['parser-survives-reconnect'],
    check: async (probe) => {
      for (const half of ['{"execute":"que', '{"execute":[[[', "{'"]) {
        const first = await probe.connect();
        await first.exchange(half, { replies: [] });
        await first.close();
        const second = await probe.negotiated();
        await second.ask({ execute: probe.info.ping }, success);
        await second.close();
      }
    },
  },
  {
    kind: 'check',
    id: 'conn.survives-clients',
    title: 'clients that send nonsense and vanish leave the server alive',
    level: 'must',
    since: '0.1.0',
    reference: observed('Connections', 'No client can end the server by what it sends or by leaving.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['listener-closes-after-nonsense'],
    check: async (probe) => {
      for (const nonsense of [
        '\0\0\0',
        '}}}}',
        'GET / HTTP/1.1\r\n\r\n',
        '{"execute":"query-version"}'.repeat(20),
      ]) {
        const client = await probe.connect();
        // A client that leaves earlier than this leaves replies behind, and a real QEMU may give them to the next client.
        await client.feed(`${nonsense}\n`, { oneOf: [anyError], id: 'absent', times: { min: 1, max: 32 } });
        await client.close();
      }
      const qmp = await probe.negotiated();
      await qmp.ask({ execute: probe.info.ping }, success);
    },
  },
  {
    kind: 'check',
    id: 'conn.half-closed',
    title: 'requests sent before a client ends its side are answered, then the server ends the connection',
    level: 'info',
    since: '0.1.0',
    reference: observed('Connections', 'What has been received is answered.'),
    needs: { profile: 'readonly' },
    detects: ['half-closed-kept-open'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const ids = [1, 2, 3, 4, 5];
      await qmp.exchange(ids.map((id) => jsonText`{"execute":${probe.info.ping},"id":${id}}\n`).join(''), {
        replies: [],
      });
      await qmp.endSending();
      await qmp.exchange('', { replies: ids.map((id) => reply(id, success)), close: true });
      await qmp.close();
    },
  },
  {
    kind: 'check',
    id: 'multi.own-replies',
    title: 'a reply goes to the connection that asked, and to no other',
    level: 'must',
    since: '0.1.0',
    reference: spec('Commands Responses', 'A response answers the client that issued the command.'),
    needs: { profile: 'readonly', monitors: 2 },
    detects: ['replies-to-all-sessions'],
    check: async (probe) => {
      const asker = await probe.negotiated();
      const other = await probe.negotiated({ monitor: 1 });
      for (const id of ['a', 'b']) await asker.ask({ execute: probe.info.ping, id }, success);
      await other.settle();
    },
  },
  {
    kind: 'check',
    id: 'multi.own-negotiation',
    title: 'the negotiation of one connection leaves the others in negotiation mode',
    level: 'must',
    since: '0.1.0',
    reference: spec(NEGOTIATION, 'Each client negotiates for itself.'),
    needs: { profile: 'readonly', monitors: 2 },
    detects: ['negotiation-shared'],
    check: async (probe) => {
      const other = await probe.connect({ monitor: 1 });
      const first = await probe.negotiated();
      await first.ask({ execute: probe.info.ping }, success);
      await other.ask({ execute: probe.info.ping }, commandNotFound);
      await other.ask({ execute: 'qmp_capabilities' }, emptyReturn);
    },
  },
  {
    kind: 'check',
    id: 'multi.own-capabilities',
    title: 'a capability is enabled for the connection that asked for it',
    level: 'must',
    since: '0.1.0',
    reference: spec(NEGOTIATION, 'Each client negotiates for itself.'),
    needs: { profile: 'readonly', monitors: 2, oob: true },
    detects: ['capabilities-shared'],
    check: async (probe) => {
      const other = await probe.negotiated({ monitor: 1 });
      const first = await probe.negotiated({ oob: true });
      await first.ask({ 'exec-oob': NO_COMMAND }, commandNotFound);
      await other.ask({ 'exec-oob': NO_COMMAND }, genericError);
    },
  },
];
