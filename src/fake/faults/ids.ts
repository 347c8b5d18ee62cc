import { Double, isObject, jsonObject, member, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import { failure } from '../outcome.js';
import { changesReplies, rewritesOutput } from './change.js';

/** A fault that changes the id of replies; undefined drops it. */
function changesId(
  id: string,
  title: string,
  change: (value: Json, reply: JsonObject, request: Json) => Json | undefined,
): Fault {
  return changesReplies(id, title, (reply, request) => {
    const value = member(reply, 'id');
    if (value === undefined) return [reply];
    const changed = change(value, reply, request);
    const { id: dropped, ...rest } = reply;
    return [changed === undefined ? rest : { ...rest, id: changed }];
  });
}

const isEnvelopeError = (request: Json): boolean =>
  !isObject(request) || (typeof request.execute !== 'string' && typeof request['exec-oob'] !== 'string');

export const idFaults: readonly Fault[] = [
  changesId('id-lost', 'a success lacks the id', (id, reply) => ('return' in reply ? undefined : id)),
  changesId('id-lost-on-errors', 'an error lacks the id', (id, reply) => ('error' in reply ? undefined : id)),
  changesId(
    'id-lost-on-envelope-errors',
    'an error of a malformed request lacks the id',
    (id, _reply, request) => (isEnvelopeError(request) ? undefined : id),
  ),
  changesReplies('id-invented', 'a reply has an id of null when the request had none', (reply) =>
    Object.hasOwn(reply, 'id') ? [reply] : [{ ...reply, id: null }],
  ),
  {
    id: 'id-guessed',
    title: 'a parse error carries an id',
    change: ({ parseError }) => ({
      parseError: (error, session) =>
        parseError(error, session).map((message) => (isObject(message) ? { ...message, id: 5 } : message)),
    }),
  },
  changesId('id-null-lost', 'an id of null is taken for none', (id) => id ?? undefined),
  changesId('id-false-lost', 'an id of false, 0 or the empty string is taken for none', (id) =>
    id === false || id === 0 || id === '' ? undefined : id,
  ),
  changesId('id-stringified', 'an id that is an object or array comes back as a string', (id) =>
    typeof id === 'object' && id !== null ? '[object]' : id,
  ),
  changesId('id-flattened', 'what is nested in an id is lost', (id) => flat(id)),
  {
    id: 'repeated-id-refused',
    title: 'a request with the id of the one before is refused',
    change: ({ reply }) => ({
      reply: (request, outcome, session) => {
        const id = isObject(request) ? member(request, 'id') : undefined;
        const repeats = id === 7 && session.memory.get('last-id') === 7;
        if (id !== undefined) session.memory.set('last-id', id);
        return reply(request, repeats ? failure('the id has been used') : outcome, session);
      },
    }),
  },
  changesId('id-rounded', 'an integer beyond 2^53 is rounded to a double', (id) =>
    typeof id === 'bigint' ? BigInt(Number(id)) : id,
  ),
  changesId('id-32-bit', 'an integer is cut to 32 bits', (id) => (typeof id === 'number' ? id | 0 : id)),
  changesId('id-unsigned-lost', 'an integer beyond 2^63 turns negative', (id) =>
    typeof id === 'bigint' ? BigInt.asIntN(64, id) : id,
  ),
  changesId('id-double-truncated', 'a double keeps six decimals', (id) =>
    id instanceof Double && Number.isFinite(id.value) ? new Double(Number(id.value.toFixed(6))) : id,
  ),
  rewritesOutput('infinite-id', 'a number too large for a double comes back as inf', (text) =>
    text.replace('1e309', 'inf'),
  ),
  changesId('id-truncated', 'a long id is cut', (id) =>
    typeof id === 'string' ? id.slice(0, 1000) : Array.isArray(id) ? id.slice(0, 500) : id,
  ),
  changesId('id-strings-truncated', 'strings in an id are cut to five characters', shortened),
];

function flat(value: Json): Json {
  const leaf = (inner: Json): Json =>
    typeof inner === 'object' && inner !== null && !(inner instanceof Double) ? null : inner;
  if (Array.isArray(value)) return value.map(leaf);
  if (!isObject(value)) return value;
  return jsonObject(Object.entries(value).map(([name, inner]) => [name, leaf(inner)]));
}

function shortened(value: Json): Json {
  if (typeof value === 'string') return value.slice(0, 5);
  if (Array.isArray(value)) return value.map(shortened);
  return isObject(value)
    ? jsonObject(Object.entries(value).map(([name, inner]) => [name, shortened(inner)]))
    : value;
}
