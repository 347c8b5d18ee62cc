/**
 * What a run has reached: commands and how they were answered, events, error classes. How much of their arguments is
 * counted in a place of its own.
 */
import { ERROR_CLASSES } from '../judge/index.js';
import type { Schema } from '../qapi/index.js';
import { errorClass, eventName, type Message, type Request } from '../qmp/index.js';
import { ArgumentCounter } from './argument-counter.js';
import { NameCounts, sorted } from './name-counts.js';
import type { Coverage } from './result.js';

const MAX_COMMANDS = 2000;

export class CoverageCounter {
  readonly #commands = new Map<string, { succeeded: number; refused: number }>();
  readonly #events = new NameCounts();
  readonly #classes = new NameCounts();
  /** Generated requests. */
  readonly arguments = new ArgumentCounter();

  /** Counts a request and how it was answered. */
  addRequest(request: Request, succeeded: boolean): void {
    const name = request.execute ?? request['exec-oob'];
    if (name === undefined) return;
    let counts = this.#commands.get(name);
    if (counts === undefined) {
      if (this.#commands.size >= MAX_COMMANDS) return;
      counts = { succeeded: 0, refused: 0 };
      this.#commands.set(name, counts);
    }
    counts[succeeded ? 'succeeded' : 'refused'] += 1;
  }

  /** Counts an event, or the class of an error. */
  addMessage(message: Message): void {
    if (message.kind === 'event') {
      const name = eventName(message.value);
      if (name !== undefined) this.#events.add(name);
    } else if (message.kind === 'reply') {
      const name = errorClass(message.value);
      if (name !== undefined) this.#classes.add(name);
    }
  }

  /** What was reached of a schema; commands that it does not have were never meant to be reached. */
  within(schema: Schema | undefined): Coverage {
    const commands = sorted(this.#commands).filter(([name]) => schema?.commands.has(name) !== false);
    return {
      commands: Object.fromEntries(commands),
      events: this.#events.toObject(),
      errorClasses: this.#classes.toObject(),
      ...(schema === undefined ? {} : { unseen: this.#unseen(schema) }),
    };
  }

  #unseen(schema: Schema): NonNullable<Coverage['unseen']> {
    const listed = schema.types.get('QapiErrorClass');
    const classes = listed?.kind === 'enum' ? listed.values.map(({ name }) => name) : ERROR_CLASSES;
    return {
      events: [...schema.events.keys()].filter((name) => this.#events.get(name) === 0).sort(),
      errorClasses: classes.filter((name) => this.#classes.get(name) === 0).sort(),
    };
  }
}
