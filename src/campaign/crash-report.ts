/**
 * Makes the finding and the evidence for a target that was lost.
 */
import type { Finding } from '../judge/index.js';
import { escapeBytes } from '../json/index.js';
import { requestText } from '../qmp/index.js';
import {
  negotiationStep,
  requestStep,
  type Case,
  type Evidence,
  type Step,
  type TargetFailure,
} from '../exchange/index.js';
import { crashSignature } from './crash-signature.js';
import { byConnection, isCase, RECONNECT, type Sent } from './sent.js';

/** The requests that a target was lost over, as far as a fresh target showed it. */
export interface Isolation {
  /** The last of them; of what is not proven the one whose reply was due. */
  readonly trigger: Case;
  /** What it takes before it, too. */
  readonly before: readonly Sent[];
  /** Why it is not proven, if it is not. */
  readonly doubt?: string;
  /** Where it is not proven: those behind it that had no answer either. */
  readonly behind?: readonly Case[];
}

/** A finding and what shows it. */
export interface CrashReport {
  readonly finding: Finding;
  readonly evidence: Evidence;
}

/** How many requests are shown, at most. */
const MOST_SHOWN = 24;
/** Of what a target wrote, in characters. */
const OUTPUT_SHOWN = 2000;

/**
 * Makes the report for a target that was lost over cases.
 *
 * @param said the last messages of the target
 */
export function reportCrash(
  { trigger, doubt, before, behind = [] }: Isolation,
  failure: TargetFailure,
  said: readonly string[],
): CrashReport {
  const { about } = trigger;
  const sort = about?.valid === true ? 'a request that is valid by type' : 'a request that has to be refused';
  const company = companyOf(before);
  const others = behind.length === 0 ? '' : `, or on one of ${behind.length} behind it`;
  return {
    finding: {
      kind: failure.kind,
      message: `the target ${failure.words} on ${sort}${company}${others}${doubt ?? ''} (${about?.name ?? trigger.request.execute ?? ''})`,
      ...(about === undefined ? {} : { command: about.command, path: about.label }),
      ...signatureOf(failure),
    },
    evidence: evidenceOf(failure, said, [...before, trigger].slice(-MOST_SHOWN), [
      ...before,
      trigger,
      ...behind,
    ]),
  };
}

/** What it takes before the trigger, in words. */
function companyOf(before: readonly Sent[]): string {
  const cases = before.filter(isCase).length;
  if (cases === 0) return before.length === 0 ? '' : ', on a second connection';
  return `, after ${cases} before it${before.includes(RECONNECT) ? ' on an earlier connection' : ''}`;
}

/**
 * Makes the report for a target that was lost while no case was waited for.
 *
 * @param recent what it got last, the latest last
 */
export function reportEnd(
  recent: readonly Sent[],
  failure: TargetFailure,
  said: readonly string[],
): CrashReport {
  const last = recent.findLast(isCase)?.about;
  const when = last === undefined ? 'before any request' : `when it had answered (last: ${last.name})`;
  return {
    finding: {
      kind: failure.kind,
      message: `the target ${failure.words}, ${when}`,
      ...(last === undefined ? {} : { command: last.command }),
      ...signatureOf(failure),
    },
    evidence: evidenceOf(failure, said, recent.filter(isCase).slice(-1), recent),
  };
}

function signatureOf(failure: TargetFailure): Pick<Finding, 'signature'> {
  const signature = crashSignature(failure);
  return signature === undefined ? {} : { signature };
}

/**
 * @param shown the requests that it is about
 * @param cases what to send to see it again
 */
function evidenceOf(
  { words, output }: TargetFailure,
  said: readonly string[],
  shown: readonly Sent[],
  sent: readonly Sent[],
): Evidence {
  const wrote = output === '' ? [] : ['--- it wrote:', escapeBytes(Buffer.from(output.slice(-OUTPUT_SHOWN)))];
  const text = (one: Sent): string =>
    isCase(one) ? escapeBytes(Buffer.from(requestText(one.request).trimEnd())) : '(a new connection)';
  return {
    request: shown.length === 0 ? '(connecting)' : shown.map(text).join('\n'),
    response: [...said, `--- the target ${words}`, ...wrote].join('\n'),
    expected: 'a reply, and that the target lives',
    steps: stepsOf(sent),
  };
}

/** The steps that send cases one after the other, each connection ending before the next one begins. */
function stepsOf(sent: readonly Sent[]): Step[] {
  const connections = byConnection(sent);
  return (connections.length === 0 ? [[]] : connections).flatMap((cases, number): Step[] => {
    const conn = `c${number}`;
    const close: Step[] = number === 0 ? [] : [{ do: 'close', conn: `c${number - 1}` }];
    return [
      ...close,
      { do: 'connect', conn, monitor: 0 },
      negotiationStep(conn, 1),
      ...cases.map(({ request, oneOf }, index) => requestStep(conn, { ...request, id: index + 2 }, oneOf)),
    ];
  });
}
