/**
 * What comes in until an exchange is over, and whether the events among it were due.
 */
import { showJson, type Expectation, type Finding } from '../judge/index.js';
import { isObject, jsonEqual, member, type Json } from '../json/index.js';
import { eventName, lossMessage, type Deadline, type Incoming, type Loss } from '../qmp/index.js';
import { MessageLog } from './message-log.js';

/** Where messages come from. */
export interface Reception {
  /** How long the next thing may take. */
  readonly deadline: () => Deadline;
  readonly receive: (deadline: Deadline) => Promise<Incoming>;
}

export interface Gathered {
  readonly replies: readonly Json[];
  readonly events: readonly Json[];
  /** Everything that came; the middle left out when it is much. */
  readonly log: MessageLog;
  /** What the replies take in memory, in bytes. */
  readonly footprint: number;
  /** Why the exchange did not come to its end. */
  readonly loss?: { readonly finding: Finding; readonly kind: Loss['kind'] };
}

/** A server may send more than is due; beyond so many replies, or memory for them, there is nothing to learn from it. */
const EXTRA_REPLIES = 32;
const MAX_FOOTPRINT = 64 * 2 ** 20;
/** A flood of events must not fill the memory; which of them came late no longer matters. */
const MAX_EVENTS = 1024;
const MAX_EVENT_FOOTPRINT = 4 * 2 ** 20;

/** Takes what comes in until all that is expected has come, or nothing more does. */
export async function gather(expect: Expectation, reception: Reception): Promise<Gathered> {
  const replies: Json[] = [];
  const events: Json[] = [];
  const log = new MessageLog();
  let footprint = 0;
  let eventFootprint = 0;
  const most = expect.replies.reduce((sum, pattern) => sum + (pattern.times?.max ?? 1), 0);
  let deadline = reception.deadline();
  let over = expect.sentinel === undefined && most === 0;
  const lost = (finding: Finding, kind: Loss['kind']): Gathered => ({
    replies,
    events,
    log,
    footprint,
    loss: { finding, kind },
  });
  for (;;) {
    if (over && expect.close !== true && missingEvents(events, expect).length === 0) break;
    const incoming = await reception.receive(deadline);
    log.add(incoming);
    if (incoming.kind === 'closed' && expect.close === true) break;
    if (incoming.kind === 'timeout' && over && expect.close !== true) break;
    if (incoming.kind !== 'message') {
      const { findings, lost: kind } = lostBy(
        incoming,
        deadline.lengthMs,
        over ? 'the end of the connection' : 'a reply',
      );
      return lost(findings[0], kind);
    }
    const { kind, value, footprint: size } = incoming.message;
    if (kind === 'event') {
      events.push(value);
      eventFootprint += size;
      if (events.length > MAX_EVENTS || eventFootprint > MAX_EVENT_FOOTPRINT) {
        events.splice(0, Math.ceil(events.length / 2));
        eventFootprint = 0;
      }
      continue;
    }
    const id = isObject(value) ? member(value, 'id') : undefined;
    if (expect.sentinel !== undefined && id !== undefined && jsonEqual(id, expect.sentinel)) over = true;
    else replies.push(value);
    if (expect.sentinel === undefined && replies.length >= most) over = true;
    footprint += size;
    if (replies.length > most + EXTRA_REPLIES || (replies.length > 1 && footprint > MAX_FOOTPRINT))
      return lost({ kind: 'flood', message: 'the server sends far more replies than requests' }, 'garbage');
    deadline = reception.deadline();
  }
  return { replies, events, log, footprint };
}

/** The finding that says why no message came, and the kind of the loss. */
export function lostBy(
  incoming: Loss,
  timeoutMs: number,
  waitedFor: string,
): { readonly findings: readonly [Finding]; readonly lost: Loss['kind'] } {
  const message = lossMessage(incoming, Math.round(timeoutMs), waitedFor);
  return { findings: [{ kind: LOSS_KINDS[incoming.kind], message }], lost: incoming.kind };
}

const LOSS_KINDS = { timeout: 'no-reply', closed: 'connection-lost', garbage: 'invalid-json' } as const;

function missingEvents(events: readonly Json[], expect: Expectation): string[] {
  const seen = events.map(eventName);
  return (expect.events ?? []).filter((wanted) => {
    const index = seen.indexOf(wanted);
    if (index >= 0) seen.splice(index, 1);
    return index < 0;
  });
}

/** Finds the events that did not come, came once too often, or must not come. */
export function judgeEvents(events: readonly Json[], expect: Expectation): Finding[] {
  const findings: Finding[] = missingEvents(events, expect).map((name) => ({
    kind: 'event-missing',
    message: `the event ${name} did not come`,
  }));
  const due = [...(expect.events ?? [])];
  for (const event of events) {
    const name = eventName(event) ?? '';
    const index = due.indexOf(name);
    if (index >= 0) due.splice(index, 1);
    else if (expect.events?.includes(name) === true) {
      findings.push({ kind: 'event-repeated', message: `the event ${name} came once too often` });
    } else if (expect.noEvents?.includes('*') === true || expect.noEvents?.includes(name) === true) {
      findings.push({ kind: 'unexpected-event', message: `an event came: ${showJson(event)}` });
    }
  }
  return findings;
}
