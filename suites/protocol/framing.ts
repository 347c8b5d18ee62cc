import { reply, success } from '../../src/judge/index.js';
import { isObject, escapeBytes } from '../../src/json/index.js';
import type { Rule } from '../../src/rules/index.js';
import { observed, rfc8259, spec } from '../citations.js';
import { jsonText } from '../request-text.js';

const GENERAL = 'General Definitions';

export const framing: readonly Rule[] = [
  {
    kind: 'watch',
    id: 'framing.crlf',
    title: 'every message ends with CR LF',
    level: 'must',
    since: '0.1.0',
    reference: spec(GENERAL, 'Whatever the server sends is terminated by CR LF.'),
    detects: ['lf-only', 'blank-line-between-messages'],
    watch: ({ separator }, { index }) => {
      const wanted = index === 0 ? '' : '\\x0d\\x0a';
      const found = escapeBytes(separator);
      if (found === wanted) return [];
      const where = index === 0 ? 'before the first message' : 'between two messages';
      return [{ kind: 'wrong-line-end', message: `'${found}' stands ${where}, where '${wanted}' is due` }];
    },
  },
  {
    kind: 'watch',
    id: 'framing.one-object',
    title: 'every message is a JSON object',
    level: 'must',
    since: '0.1.0',
    reference: spec(GENERAL, 'All that the server sends are JSON objects.'),
    needs: { protocol: 'any' },
    everyExchange: ['not-an-object'],
    detects: ['replies-in-array'],
    watch: ({ value }) =>
      isObject(value) ? [] : [{ kind: 'not-an-object', message: 'a message is no JSON object' }],
  },
  {
    kind: 'watch',
    id: 'framing.known-kind',
    title: 'every message is a greeting, a reply or an event',
    level: 'must',
    since: '0.1.0',
    reference: spec('Protocol Specification', 'The server sends a greeting, command responses and events.'),
    needs: { protocol: 'any' },
    detects: ['unknown-message'],
    watch: ({ kind }) =>
      kind === 'other'
        ? [{ kind: 'unknown-message', message: 'a message is neither greeting nor reply nor event' }]
        : [],
  },
  {
    kind: 'watch',
    id: 'framing.ascii',
    title: 'every message is ASCII',
    level: 'must',
    since: '0.1.0',
    reference: spec('Protocol Specification', 'The server sends its output encoded in ASCII.'),
    needs: { protocol: 'any' },
    detects: ['utf8-output'],
    watch: ({ violations }) =>
      violations
        .filter(({ code }) => code === 'non-ascii')
        .map(({ message }) => ({ kind: 'non-ascii', message })),
  },
  {
    kind: 'watch',
    id: 'framing.sound-json',
    title: 'no message repeats a member name or holds half a surrogate pair',
    level: 'must',
    since: '0.1.0',
    reference: spec('Compatibility Considerations', 'The server guarantees to send valid JSON.'),
    needs: { protocol: 'any' },
    everyExchange: ['invalid-json'],
    detects: ['duplicate-member-output'],
    watch: ({ violations }) =>
      violations
        .filter(({ code }) => code !== 'non-ascii')
        .map(({ code, message }) => ({ kind: code, message })),
  },
  {
    kind: 'check',
    id: 'framing.non-ascii-id',
    title: 'characters beyond ASCII are sent back as escapes',
    level: 'must',
    since: '0.1.0',
    reference: spec(
      'Protocol Specification',
      'Input is UTF-8, output is ASCII; so other characters are escaped.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['utf8-output', 'non-ascii-replaced'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      for (const id of ['é', '€', '😀', '\u007f', 'Grüße, 世界'])
        await qmp.ask({ execute: probe.info.ping, id }, success);
    },
  },
  {
    kind: 'check',
    id: 'framing.no-line-end-needed',
    title: 'a request is executed when its closing brace is read, without a line end',
    level: 'should',
    since: '0.1.0',
    reference: observed('Framing', 'The end of the JSON value is the end of the request.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['line-end-needed'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      await qmp.exchange(jsonText`{"execute":${probe.info.ping},"id":1}`, { replies: [reply(1, success)] });
    },
  },
  {
    kind: 'check',
    id: 'framing.whitespace',
    title: 'space, TAB, CR and LF may stand between any two tokens',
    level: 'must',
    since: '0.1.0',
    reference: rfc8259(
      '2, JSON Grammar',
      'Insignificant white space is allowed around every structural character.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['one-request-per-line'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const spread = jsonText` \n{ \r\n"execute"\t:\r${probe.info.ping} \n,\t"id" : \n1\r}\t\n`;
      await qmp.exchange(spread, { replies: [reply(1, success)] });
    },
  },
  {
    kind: 'check',
    id: 'framing.pipelined',
    title: 'requests may follow each other without a separator, and each is answered in its turn',
    level: 'should',
    since: '0.1.0',
    reference: observed('Framing', 'Requests sent in one piece are told apart by their JSON alone.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['pipelined-requests-dropped'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const ids = Array.from({ length: 50 }, (_, index) => index);
      const batch = ids.map((id) => jsonText`{"execute":${probe.info.ping},"id":${id}}`).join('');
      await qmp.exchange(`${batch}\n`, { replies: ids.map((id) => reply(id, success)) });
    },
  },
  {
    kind: 'check',
    id: 'framing.any-chunks',
    title: 'a request may arrive in any number of pieces',
    level: 'must',
    since: '0.1.0',
    reference: spec('Issuing Commands', 'A request is a JSON object; how a stream cuts it up means nothing.'),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: ['one-read-per-request'],
    check: async (probe) => {
      const qmp = await probe.negotiated();
      const request = Buffer.from(jsonText`{"execute":${probe.info.ping},"id":"é\\u20ac"}`);
      const bytes = [...request, 0x0a].map((byte) => Uint8Array.of(byte));
      await qmp.exchange(bytes, { replies: [reply('é€', success)] });
    },
  },
];
