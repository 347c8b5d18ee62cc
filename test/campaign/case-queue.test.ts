/**
 * The order in which one worker sends cases, with their cleanup and what ends the target.
 */
import t from 'tap';
import { CaseQueue } from '../../src/campaign/case-queue.js';
import { KnownCrashes } from '../../src/campaign/known-crashes.js';
import type { Case } from '../../src/exchange/index.js';
import { isObject, member } from '../../src/json/index.js';
import { numbered, saying, sayings } from '../run/mortal.js';

function word({ request: { execute = '', arguments: args } }: Case): string {
  const path = args !== undefined && isObject(args) ? member(args, 'path') : undefined;
  return typeof path === 'string' ? path : execute;
}

function queueOf(cases: Iterable<Case>, crashes = new KnownCrashes()): CaseQueue {
  return new CaseQueue(cases[Symbol.iterator](), crashes);
}

function words(queue: Iterable<Case>): string[] {
  return [...queue].map(word);
}

const cleanupFor = (what: string): string => `un-${what}`;
const quit: Case = { request: { execute: 'quit' }, oneOf: [], ends: true };

void t.test('cases come in the order of the stream, and nothing is taken before it is asked for', (t) => {
  let taken = 0;
  function* stream() {
    for (const next of sayings(numbered(10))) {
      taken += 1;
      yield next;
    }
  }
  const queue = queueOf(stream());
  const [first, second] = queue;
  t.equal(taken, 2);
  t.strictSame(
    [first, second].map((next) => next && word(next)),
    ['w0', 'w1'],
  );
  t.strictSame(words(queue), numbered(10).slice(2), 'a second iteration gives the rest');
  t.strictSame(words(queue), []);
  t.end();
});

void t.test('two workers share a stream', (t) => {
  const stream = sayings(numbered(4))[Symbol.iterator]();
  const workers = [new CaseQueue(stream, new KnownCrashes()), new CaseQueue(stream, new KnownCrashes())].map(
    (queue) => queue[Symbol.iterator](),
  );
  const seen = [0, 1, 1, 0, 1].map((index) => {
    const next = workers[index]?.next();
    return next?.done === false ? word(next.value) : undefined;
  });
  t.strictSame(seen, ['w0', 'w1', 'w2', 'w3', undefined]);
  t.end();
});

void t.test('the cleanup of a case comes right behind it, and says what it cleans up', (t) => {
  const all = [...queueOf(sayings(['a', 'b'], cleanupFor))];
  t.strictSame(all.map(word), ['a', 'un-a', 'b', 'un-b']);
  const [made, cleanup] = all;
  t.equal(cleanup?.isCleanup, true);
  t.equal(cleanup?.follows, made);
  t.match(cleanup?.about, { name: 'qom-list/a/undone', command: 'qom-list', path: 'a' });
  t.equal(made?.isCleanup, undefined);
  const [, nameless] = queueOf([{ request: { execute: 'x' }, oneOf: [], cleanup: { execute: 'y' } }]);
  t.strictSame(nameless?.request, { execute: 'y' });
  t.equal(nameless?.about, undefined);
  t.end();
});

void t.test('what is put back comes first, each cleaned up once', (t) => {
  const queue = queueOf(sayings(['a', 'b', 'c'], cleanupFor));
  const sent: Case[] = [];
  for (const next of queue) {
    sent.push(next);
    // The connection is lost when a, un-a and b have been handed out.
    if (sent.length === 3) break;
  }
  queue.putBack(sent);
  t.strictSame(words(queue), ['a', 'un-a', 'b', 'un-b', 'c', 'un-c']);
  t.end();
});

void t.test('what a target died of is left out, also of what is put back', (t) => {
  const crashes = new KnownCrashes();
  const queue = queueOf(sayings(['a', 'b', 'c', 'a', 'd']), crashes);
  const [a, b] = queue;
  if (a === undefined || b === undefined) throw new Error('there are more');
  crashes.add(a);
  queue.putBack([a, b]);
  t.strictSame(words(queue), ['b', 'c', 'd']);
  t.equal([...crashes.skipped.values()][0], 2);
  t.end();
});

void t.test('cleanup is never left out', (t) => {
  const crashes = new KnownCrashes();
  const queue = queueOf(sayings(['a'], cleanupFor), crashes);
  const [made] = queue;
  if (made === undefined) throw new Error('there is one');
  crashes.add(saying('un-a'));
  t.strictSame(words(queue), ['un-a']);
  t.end();
});

void t.test('before a case that ends the target the queue stops, until it is taken', (t) => {
  const queue = queueOf([saying('a'), quit, saying('b'), quit, quit]);
  t.equal(queue.takeEnding(), undefined);
  t.strictSame(words(queue), ['a']);
  t.strictSame(words(queue), [], 'it stays stopped');
  t.equal(queue.takeEnding(), quit);
  t.equal(queue.takeEnding(), undefined, 'once');
  t.strictSame(words(queue), ['b']);
  t.equal(queue.takeEnding(), quit);
  t.strictSame(words(queue), []);
  t.equal(queue.takeEnding(), quit);
  t.strictSame(words(queue), []);
  t.equal(queue.takeEnding(), undefined);
  t.end();
});
