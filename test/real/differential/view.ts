/**
 * Of what a server says, the part that another server has to say as well.
 */
import {
  canonicalJson,
  isObject,
  jsonObject,
  member,
  type Json,
  type JsonObject,
} from '../../../src/json/index.js';
import { errorClass } from '../../../src/qmp/index.js';
import { text } from '../../fake/support.js';

/** By command, the members of its return that must be equal; the values of others may be each one's own. */
const compared: Readonly<Record<string, RegExp>> = {
  'query-status': /^(running|status)$/,
  'query-yank': /^(type|id|node-name)$/,
  'query-chardev': /^(label|frontend-open)$/,
  'query-named-block-nodes': /^(node-name|drv|ro|encrypted|detect_zeroes|backing_file_depth)$/,
  'query-migrate': /^status$/,
  'query-migrate-capabilities': /^(capability|state)$/,
  'query-migrate-parameters':
    /^(announce|cpu-throttle|downtime|max-(bandwidth|cpu|post)|multifd-channels|throttle|tls|x-check|xbzrle)/,
  'query-colo-status': /^(mode|last-mode|reason)$/,
  'ringbuf-read': /./,
};

/** The state in which newer releases wait for the destination of a migration; older ones stay active. */
const NEWER = 'device';

/** A reply: `ok` or the class of its error, and its id if it has one. */
export function answer(reply: JsonObject): Json {
  const kind = Object.hasOwn(reply, 'return') ? 'ok' : (errorClass(reply) ?? '?');
  const id = member(reply, 'id');
  return id === undefined ? [kind] : [kind, id];
}

/** An event: its name, and of a migration the state; undefined when it need not come everywhere. */
export function happening(message: JsonObject): string | undefined {
  const { event, data } = message;
  const status = isObject(data) ? data.status : undefined;
  if (event === undefined || status === NEWER) return undefined;
  return status === undefined ? text(event) : `${text(event)} ${text(status)}`;
}

/** What must be equal of a return; lists in one order. */
export function view(command: string, value: Json): Json {
  const names = compared[command];
  if (names === undefined) return null;
  const show = (one: Json): string => {
    const kept = isObject(one) ? jsonObject(Object.entries(one).filter(([name]) => names.test(name))) : one;
    // Names that a server has made up count for the same.
    return canonicalJson(kept)
      .replaceAll(/"#block\d+"/g, '"#block"')
      .replace(`"${NEWER}"`, '"active"');
  };
  return Array.isArray(value)
    ? value
        .filter((one) => !isOwn(one))
        .map(show)
        .sort()
    : show(value);
}

/** The chardevs of the monitors have names of their own; a capability that is off may be unknown elsewhere. */
function isOwn(element: Json): boolean {
  if (!isObject(element)) return false;
  const name = element.id ?? element.label;
  return element.state === false || (typeof name === 'string' && /^(compat_monitor|qmpspec)\d$/.test(name));
}
