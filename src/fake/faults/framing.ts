import { isObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { changesReplies, rewritesInput, rewritesOutput } from './change.js';

/** Characters beyond ASCII as the escapes that the writer makes of them. */
const ESCAPES = /\\u(?:00[7-9a-fA-F]|0[1-9a-fA-F]|[1-9a-fA-F][0-9a-fA-F])[0-9a-fA-F]{1,2}/g;

export const framingFaults: readonly Fault[] = [
  rewritesOutput('lf-only', 'messages end with LF alone', (text) => text.replace('\r\n', '\n')),
  rewritesOutput(
    'blank-line-between-messages',
    'an empty line follows every message',
    (text) => `${text}\r\n`,
  ),
  changesReplies('replies-in-array', 'an error reply stands in an array', (reply) =>
    'error' in reply ? [[reply]] : [reply],
  ),
  {
    id: 'unknown-message',
    title: 'a message of another kind announces the reply to query-status',
    change: ({ reply }) => ({
      reply: (request, outcome, session) => {
        const messages = reply(request, outcome, session);
        return isObject(request) && request.execute === 'query-status'
          ? [{ notice: 'here it comes' }, ...messages]
          : messages;
      },
    }),
  },
  rewritesOutput('utf8-output', 'characters beyond ASCII are sent as UTF-8', (text) =>
    Buffer.from(text.replaceAll(ESCAPES, (escape) => String.fromCharCode(parseInt(escape.slice(2), 16)))),
  ),
  rewritesOutput('non-ascii-replaced', 'characters beyond ASCII are replaced by question marks', (text) =>
    text.replaceAll(ESCAPES, '?'),
  ),
  rewritesOutput('duplicate-member-output', 'errors name their class twice', (text) =>
    text.replace('"class":', '"class":"GenericError","class":'),
  ),
  rewritesOutput('trailing-comma-output', 'errors without an id have a comma too many', (text, message) =>
    'error' in message && !('id' in message) ? text.replace('}}', ',}}') : text,
  ),
  {
    id: 'line-end-needed',
    title: 'a request is looked at when its line ends',
    change: () => ({
      input: () => {
        let pending = Buffer.alloc(0);
        return (bytes) => {
          pending = Buffer.concat([pending, bytes]);
          const ready = pending.subarray(0, pending.lastIndexOf('\n') + 1);
          pending = pending.subarray(ready.length);
          return ready;
        };
      },
    }),
  },
  rewritesInput(
    'one-request-per-line',
    'a line end inside a request breaks it',
    /([,:{])[ \t\r]*\n/g,
    '$1\x01',
  ),
  rewritesInput(
    'pipelined-requests-dropped',
    'of requests that follow each other without a separator the first one is executed',
    /^(\{[^{}]*\})\{.*/s,
    '$1',
  ),
  {
    id: 'one-read-per-request',
    title: 'a request must arrive in one piece',
    change: () => ({
      input: () => (bytes) =>
        /[}\]\s]$/.test(Buffer.from(bytes).toString('latin1')) ? bytes : Buffer.from('\x01'),
    }),
  },
];
