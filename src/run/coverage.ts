/**
 * What a run has reached: commands and how they were answered, events, error classes. Names come from the target and
 * from generated requests, so there is a limit to how many are kept, and to how much of each.
 */
import { isObject, member } from '../json/index.js';
import type { Schema } from '../qapi/index.js';
import { errorClass, type Message, type Request } from '../qmp/index.js';
import type { Coverage } from './result.js';

const MAX_NAMES = 2000;
const MAX_LENGTH = 100;

export class CoverageCounter {
  readonly #commands = new Map<string, { succeeded: number; refused: number }>();
  readonly #events = new Map<string, number>();
  readonly #classes = new Map<string, number>();

  /** Counts a request and how it was answered. */
  addRequest(request: Request, succeeded: boolean): void {
    const name = request.execute ?? request['exec-oob'];
    if (name === undefined) return;
    let counts = this.#commands.get(name);
    if (counts === undefined) {
      if (this.#commands.size >= MAX_NAMES) return;
      counts = { succeeded: 0, refused: 0 };
      this.#commands.set(name, counts);
    }
    counts[succeeded ? 'succeeded' : 'refused'] += 1;
  }

  /** Counts an event, or the class of an error. */
  addMessage(message: Message): void {
    if (message.kind === 'event') {
      const name = isObject(message.value) ? member(message.value, 'event') : undefined;
      if (typeof name === 'string') count(this.#events, name);
    } else if (message.kind === 'reply') {
      const name = errorClass(message.value);
      if (name !== undefined) count(this.#classes, name);
    }
  }

  /** What was reached of a schema; commands that it does not have were never meant to be reached. */
  within(schema: Schema | undefined): Coverage {
    const commands = sorted(this.#commands).filter(([name]) => schema?.commands.has(name) !== false);
    return {
      commands: Object.fromEntries(commands),
      events: Object.fromEntries(sorted(this.#events)),
      errorClasses: Object.fromEntries(sorted(this.#classes)),
    };
  }
}

function count(counts: Map<string, number>, fullName: string): void {
  const name = fullName.slice(0, MAX_LENGTH);
  if (counts.has(name) || counts.size < MAX_NAMES) counts.set(name, (counts.get(name) ?? 0) + 1);
}

function sorted<T>(counts: ReadonlyMap<string, T>): [string, T][] {
  return [...counts].sort(([a], [b]) => (a < b ? -1 : 1));
}
