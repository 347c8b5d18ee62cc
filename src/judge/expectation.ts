/**
 * What may follow a request, as data: sets of acceptable outcomes, never one guess where the specification leaves
 * it open. An expectation can be saved in a transcript and judged again (`qmpspec replay`).
 */
import { isObject, jsonEqual, member, writeJson, type Json, type JsonObject } from '../json/index.js';
import type { Schema } from '../qapi/index.js';
import { checkReturn, isDownstreamName } from './value.js';

/** The error classes of the QAPI schema's enumeration QapiErrorClass. */
export const ERROR_CLASSES = [
  'GenericError',
  'CommandNotFound',
  'DeviceNotActive',
  'DeviceNotFound',
  'KVMMissingCap',
] as const;

export type ErrorClass = (typeof ERROR_CLASSES)[number];

/** One acceptable outcome of a request. */
export type Outcome =
  /** a success, whatever it returns */
  | { readonly outcome: 'success' }
  /** a success that returns exactly this value */
  | { readonly outcome: 'returns'; readonly value: Json }
  /** a success whose value conforms to the declared return type of the command */
  | { readonly outcome: 'returns-typed'; readonly command: string }
  /** a success that returns an array which has this element, or has not */
  | { readonly outcome: 'returns-list'; readonly element: Json; readonly listed: boolean }
  /** a success that returns a list whose elements have exactly these names in this member, in any order */
  | { readonly outcome: 'returns-names'; readonly member: string; readonly names: readonly string[] }
  /** a success that returns an object with at least these members */
  | { readonly outcome: 'returns-with'; readonly members: JsonObject }
  /** a success whose value the rule of this id judges by itself */
  | { readonly outcome: 'returns-judged'; readonly rule: string }
  /** an error of one of these classes */
  | { readonly outcome: 'error'; readonly classes: readonly string[] };

/** What a reply carries as its id. */
export type IdExpectation = { readonly is: Json } | 'absent' | 'any';

/** A reply, or a run of like replies. */
export interface ReplyPattern {
  readonly oneOf: readonly Outcome[];
  readonly id: IdExpectation;
  /** How many replies of this kind may come; exactly one when left out. */
  readonly times?: { readonly min: number; readonly max: number };
}

/** What one exchange (some bytes sent, some messages received) may look like. */
export interface Expectation {
  /**
   * The replies, in this order; events may come between any two messages. A reply counts for the first pattern that
   * takes it, so patterns that take the same replies must not be mixed with runs of like replies.
   */
  readonly replies: readonly ReplyPattern[];
  /** Replies may come in any order (out-of-band commands overtake). */
  readonly anyOrder?: boolean;
  /** The exchange is over when the reply with this id has come; it is not one of `replies`. */
  readonly sentinel?: Json;
  /** Events that must come before the exchange is over, by name; each exactly as often as it is listed. */
  readonly events?: readonly string[];
  /** Events that must not come, by name; `*`: none at all. */
  readonly noEvents?: readonly string[];
  /** The server must end the connection after the replies. */
  readonly close?: boolean;
}

/** One way in which what came differs from what was expected. */
export interface Finding {
  /** The kind of fault, a slug that is equal for equal faults: part of a failure's key. */
  readonly kind: string;
  readonly message: string;
  readonly path?: string;
  /** The command that it is about, when there is one. */
  readonly command?: string;
  /** What tells one crash from another, whichever request it was found by. */
  readonly signature?: string;
}

/** Builders, so that rules read like sentences. */
export const success: Outcome = { outcome: 'success' };
export const emptyReturn: Outcome = { outcome: 'returns', value: {} };

export function returns(value: Json): Outcome {
  return { outcome: 'returns', value };
}

export function returnsTyped(command: string): Outcome {
  return { outcome: 'returns-typed', command };
}

export function error(...classes: string[]): Outcome {
  return { outcome: 'error', classes };
}

export function returnsListing(element: Json): Outcome {
  return { outcome: 'returns-list', element, listed: true };
}

export function returnsNotListing(element: Json): Outcome {
  return { outcome: 'returns-list', element, listed: false };
}

export function returnsNames(member: string, names: readonly string[]): Outcome {
  return { outcome: 'returns-names', member, names };
}

/** What the elements of a returned list have in a member, sorted; elements without such a string are left out. */
export function namesIn(value: Json, name: string): string[] {
  if (!Array.isArray(value)) return [];
  const names = value.map((element) => (isObject(element) ? member(element, name) : undefined));
  return names.filter((found) => typeof found === 'string').sort();
}

export function returnsWith(members: JsonObject): Outcome {
  return { outcome: 'returns-with', members };
}

export function returnsJudged(rule: string): Outcome {
  return { outcome: 'returns-judged', rule };
}

export const genericError = error('GenericError');
export const commandNotFound = error('CommandNotFound');
export const deviceNotFound = error('DeviceNotFound');
export const anyError = error(...ERROR_CLASSES);

/** A reply with the id that the request had. */
export function reply(id: Json, ...oneOf: Outcome[]): ReplyPattern {
  return { oneOf, id: { is: id } };
}

/** A reply to something from which no id could be read, or that had none. */
export function replyWithoutId(...oneOf: Outcome[]): ReplyPattern {
  return { oneOf, id: 'absent' };
}

/** From `min` to `max` parse errors: GenericError without an id. */
export function parseErrors(min: number, max: number): ReplyPattern {
  return { oneOf: [genericError], id: 'absent', times: { min, max } };
}

/** What judging a reply needs to know of the target. */
export interface JudgeContext {
  /** The schema by which returned values are judged; without one they are not. */
  readonly schema: Schema | undefined;
  /** Judges a returned value as the rule of this id does. */
  judgeReturn(rule: string, value: Json): Finding[];
}

/**
 * Judges one reply.
 *
 * @returns the findings; none when the reply is one of the acceptable outcomes and carries the right id
 */
export function judgeReply(value: Json, pattern: ReplyPattern, context: JudgeContext): Finding[] {
  const findings: Finding[] = [];
  if (!isObject(value)) return [{ kind: 'not-an-object', message: 'the message is not a JSON object' }];
  const id = member(value, 'id');
  if (pattern.id === 'absent') {
    if (id !== undefined) {
      findings.push({
        kind: 'unexpected-id',
        message: `the reply carries an id that was never sent: ${showJson(id)}`,
      });
    }
  } else if (pattern.id !== 'any') {
    if (id === undefined) {
      findings.push({
        kind: 'id-missing',
        message: `the reply lacks the id of the request, ${showJson(pattern.id.is)}`,
      });
    } else if (!jsonEqual(id, pattern.id.is)) {
      findings.push({
        kind: 'id-differs',
        message: `the reply carries the id ${showJson(id)}, the request had ${showJson(pattern.id.is)}`,
      });
    }
  }
  findings.push(...judgeOutcome(value, pattern.oneOf, context));
  return findings;
}

function judgeOutcome(value: Json, oneOf: readonly Outcome[], context: JudgeContext): Finding[] {
  if (!isObject(value)) return [];
  const errorValue = member(value, 'error');
  const returnValue = member(value, 'return');
  if (errorValue !== undefined) {
    const name = isObject(errorValue) ? member(errorValue, 'class') : undefined;
    const isDue = (outcome: Outcome): boolean =>
      outcome.outcome === 'error' && typeof name === 'string' && outcome.classes.includes(name);
    if (oneOf.some(isDue)) return [];
    const message =
      typeof name === 'string'
        ? `the error has the class ${showJson(name)}`
        : 'the error has no class, or one that is no string';
    return [
      oneOf.every(({ outcome }) => outcome !== 'error')
        ? { kind: 'refused', message: `the request was refused: ${showJson(errorValue)}` }
        : { kind: 'wrong-class', message },
    ];
  }
  if (returnValue === undefined)
    return [{ kind: 'no-outcome', message: 'the reply has neither return nor error' }];
  let findings: Finding[] = [
    { kind: 'accepted', message: 'the request succeeded although it must be refused' },
  ];
  for (const outcome of oneOf) {
    if (outcome.outcome === 'error') continue;
    findings = judgeReturn(returnValue, outcome, context);
    if (findings.length === 0) break;
  }
  return findings;
}

function judgeReturn(
  value: Json,
  outcome: Exclude<Outcome, { readonly outcome: 'error' }>,
  context: JudgeContext,
): Finding[] {
  switch (outcome.outcome) {
    case 'success':
      return [];
    case 'returns':
      if (sameReturn(value, outcome.value)) return [];
      return [{ kind: 'wrong-return', path: 'return', message: `it returned ${showJson(value)}` }];
    case 'returns-typed': {
      const command = context.schema?.commands.get(outcome.command);
      if (command === undefined) return [];
      return checkReturn(command, value).map((problem) => ({ ...problem, command: command.name }));
    }
    case 'returns-list': {
      if (!Array.isArray(value))
        return [{ kind: 'wrong-return', path: 'return', message: 'it returned no array' }];
      const listed = value.some((element) => sameReturn(element, outcome.element));
      if (listed === outcome.listed) return [];
      const kind = listed ? 'still-listed' : 'not-listed';
      return [{ kind, path: 'return', message: `it returned ${showJson(value)}` }];
    }
    case 'returns-names': {
      const names = namesIn(value, outcome.member);
      if (names.join('\n') === [...outcome.names].sort().join('\n')) return [];
      return [{ kind: 'wrong-return', path: 'return', message: `it returned ${showJson(value)}` }];
    }
    case 'returns-with': {
      const different = Object.entries(outcome.members).find(([name, wanted]) => {
        const found = isObject(value) ? member(value, name) : undefined;
        return found === undefined || !sameReturn(found, wanted);
      });
      if (different === undefined) return [];
      return [
        { kind: 'wrong-return', path: `return.${different[0]}`, message: `it returned ${showJson(value)}` },
      ];
    }
    case 'returns-judged':
      return context.judgeReturn(outcome.rule, value);
  }
}

/** Equal, but for downstream members, which a server may add to any object. */
function sameReturn(value: Json, expected: Json): boolean {
  if (Array.isArray(value) && Array.isArray(expected)) {
    return (
      value.length === expected.length &&
      value.every((element, index) => sameReturn(element, expected[index] as Json))
    );
  }
  if (!isObject(value) || !isObject(expected)) return jsonEqual(value, expected);
  const names = Object.keys(value).filter((name) => Object.hasOwn(expected, name) || !isDownstreamName(name));
  return (
    names.length === Object.keys(expected).length &&
    names.every((name) => {
      const wanted = member(expected, name);
      return wanted !== undefined && sameReturn(value[name] as Json, wanted);
    })
  );
}

/**
 * Judges the replies of an exchange: every reply must fit the patterns, in their order unless `anyOrder`, and every
 * pattern must have been seen often enough.
 */
export function judgeReplies(
  replies: readonly Json[],
  expectation: Expectation,
  context: JudgeContext,
): Finding[] {
  const open = expectation.replies.map((pattern) => ({
    pattern,
    min: pattern.times?.min ?? 1,
    max: pattern.times?.max ?? 1,
    seen: 0,
  }));
  const findings: Finding[] = [];
  let current = 0;
  for (const value of replies) {
    const candidates = expectation.anyOrder === true ? open : open.slice(current);
    const fitting = candidates.find(
      (entry) => entry.seen < entry.max && judgeReply(value, entry.pattern, context).length === 0,
    );
    // Skipping over a pattern that still lacks replies would hide their absence.
    const skipped =
      expectation.anyOrder === true ? [] : candidates.slice(0, fitting ? candidates.indexOf(fitting) : 0);
    if (fitting !== undefined && skipped.every((entry) => entry.seen >= entry.min)) {
      fitting.seen += 1;
      if (expectation.anyOrder !== true) current += skipped.length;
      continue;
    }
    const due =
      candidates.find((entry) => entry.seen < entry.min) ??
      candidates.find((entry) => entry.seen < entry.max);
    if (due === undefined) {
      findings.push({ kind: 'extra-reply', message: 'a reply came that no request asked for' });
    } else {
      due.seen += 1;
      if (expectation.anyOrder !== true) current = open.indexOf(due);
      findings.push(...judgeReply(value, due.pattern, context));
    }
  }
  const missing = open.reduce((sum, entry) => sum + Math.max(0, entry.min - entry.seen), 0);
  if (missing > 0)
    findings.push({ kind: 'reply-missing', message: `${missing} of the expected replies did not come` });
  return findings;
}

/** An expectation in words, for failure texts. */
export function describeExpectation(expectation: Expectation): string {
  const replies = expectation.replies.map(describePattern);
  const parts = [
    replies.length === 0 ? 'no reply' : replies.join(expectation.anyOrder === true ? ' and ' : ', then '),
  ];
  if (expectation.events !== undefined && expectation.events.length > 0) {
    parts.push(`the event ${expectation.events.join(', ')}`);
  }
  if (expectation.noEvents?.includes('*') === true) parts.push('no event');
  else if (expectation.noEvents !== undefined && expectation.noEvents.length > 0) {
    parts.push(`no event ${expectation.noEvents.join(', ')}`);
  }
  if (expectation.close === true) parts.push('the end of the connection');
  return parts.join('; ');
}

function describePattern(pattern: ReplyPattern): string {
  const outcomes = pattern.oneOf.map(describeOutcome).join(' or ');
  const times = pattern.times;
  const count =
    times === undefined
      ? ''
      : times.min === times.max
        ? `${times.min} × `
        : `${times.min} to ${times.max} × `;
  const id =
    pattern.id === 'any'
      ? ''
      : pattern.id === 'absent'
        ? ' without id'
        : ` with id ${showJson(pattern.id.is, 80)}`;
  return `${count}${outcomes}${id}`;
}

function describeOutcome(outcome: Outcome): string {
  switch (outcome.outcome) {
    case 'success':
      return 'a success';
    case 'returns':
      return `a success that returns ${showJson(outcome.value)}`;
    case 'returns-typed':
      return `a success that returns what the schema declares for ${outcome.command}`;
    case 'returns-list':
      return `a success that returns a list ${outcome.listed ? 'with' : 'without'} ${showJson(outcome.element)}`;
    case 'returns-names':
      return `a success that returns a list with the names ${showJson([...outcome.names])} and no others`;
    case 'returns-with':
      return `a success that returns an object with ${showJson(outcome.members)}`;
    case 'returns-judged':
      return 'a success whose value fulfils the requirement';
    case 'error':
      return outcome.classes.length === ERROR_CLASSES.length
        ? 'an error of the enumeration'
        : `an error of class ${outcome.classes.join(' or ')}`;
  }
}

/** A value as JSON text for a message, at most `max` characters of it. */
export function showJson(value: Json, max = 200): string {
  const text = writeJson(value);
  return text.length <= max ? text : `${text.slice(0, max - 3)}...`;
}
