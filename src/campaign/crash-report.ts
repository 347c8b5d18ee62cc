/**
 * What is said of a target that was lost: the finding, and what it was seen on.
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

/** Which requests did it, as far as a fresh target showed it. */
export interface Isolation {
  /** The last of them; of what is not proven the one whose reply was due. */
  readonly trigger: Case;
  /** Those before it that it takes, too. */
  readonly before: readonly Case[];
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

/** More requests than this nobody reads. */
const MOST_SHOWN = 24;
/** Of what a target wrote, in characters. */
const OUTPUT_SHOWN = 2000;

/** @param said the last that the target has said */
export function reportCrash(
  { trigger, doubt, before, behind = [] }: Isolation,
  failure: TargetFailure,
  said: readonly string[],
): CrashReport {
  const { about } = trigger;
  const sort = about?.valid === true ? 'a request that is valid by type' : 'a request that has to be refused';
  const company = before.length === 0 ? '' : `, after ${before.length} before it`;
  const others = behind.length === 0 ? '' : `, or on one of ${behind.length} behind it`;
  return {
    finding: {
      kind: failure.kind,
      message: `the target ${failure.words} on ${sort}${company}${others}${doubt ?? ''} (${about?.name ?? ''})`,
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

/**
 * A target has gone while no case was waited for.
 *
 * @param recent what it got last, the latest last
 */
export function reportEnd(
  recent: readonly Case[],
  failure: TargetFailure,
  said: readonly string[],
): CrashReport {
  const last = recent.at(-1)?.about;
  const when = last === undefined ? 'before any request' : `when it had answered (last: ${last.name})`;
  return {
    finding: {
      kind: failure.kind,
      message: `the target ${failure.words}, ${when}`,
      ...(last === undefined ? {} : { command: last.command }),
      ...signatureOf(failure),
    },
    evidence: evidenceOf(failure, said, recent.slice(-1), recent),
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
  shown: readonly Case[],
  cases: readonly Case[],
): Evidence {
  const wrote = output === '' ? [] : ['--- it wrote:', escapeBytes(Buffer.from(output.slice(-OUTPUT_SHOWN)))];
  const text = ({ request }: Case): string => escapeBytes(Buffer.from(requestText(request).trimEnd()));
  return {
    request: shown.length === 0 ? '(connecting)' : shown.map(text).join('\n'),
    response: [...said, `--- the target ${words}`, ...wrote].join('\n'),
    expected: 'a reply, and that the target lives',
    steps: stepsOf(cases),
  };
}

/** The steps that send cases one after the other on a fresh connection. */
function stepsOf(cases: readonly Case[]): Step[] {
  return [
    { do: 'connect', conn: 'c0', monitor: 0 },
    negotiationStep('c0', 1),
    ...cases.map(({ request, oneOf }, index) => requestStep('c0', { ...request, id: index + 2 }, oneOf)),
  ];
}
