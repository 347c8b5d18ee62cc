/**
 * Counts generated requests and what came back, by command. What a case is of is one number, its place in the sweep of
 * the command, so that counting costs next to nothing and memory follows from the schema.
 */
import type { CaseAbout } from '../generate/index.js';
import { isObject, type Json } from '../json/index.js';
import { errorClass, type Request } from '../qmp/index.js';
import { NameCounts } from './name-counts.js';

/** Requests of one side, valid or invalid. */
export class SideCounts {
  /** Requests without a member `arguments`, and with one. */
  absent = 0;
  present = 0;
  succeeded = 0;
  refused = 0;
  /** The members of `arguments`, by how many requests had them. */
  readonly members = new NameCounts();
  readonly errorClasses = new NameCounts();

  get sent(): number {
    return this.absent + this.present;
  }
}

const SUCCEEDED = 1;
const REFUSED = 2;

export class CommandCounts {
  readonly positive = new SideCounts();
  readonly negative = new SideCounts();
  /** Events that came while a request of the command was the next to be answered. */
  readonly events = new NameCounts();
  /** What became of each systematic case. */
  #marks = new Uint8Array(64);

  /** Whether the case was answered, one way or the other. */
  answered(index: number): boolean {
    return this.succeeded(index) || this.refused(index);
  }

  succeeded(index: number): boolean {
    return ((this.#marks[index] ?? 0) & SUCCEEDED) !== 0;
  }

  refused(index: number): boolean {
    return ((this.#marks[index] ?? 0) & REFUSED) !== 0;
  }

  mark(index: number, succeeded: boolean): void {
    if (index >= this.#marks.length) {
      const marks = new Uint8Array(Math.max(this.#marks.length * 2, index + 1));
      marks.set(this.#marks);
      this.#marks = marks;
    }
    this.#marks[index] = (this.#marks[index] ?? 0) | (succeeded ? SUCCEEDED : REFUSED);
  }
}

export class ArgumentCounter {
  readonly #commands = new Map<string, CommandCounts>();

  /** What was counted of a command; undefined when nothing was. */
  of(command: string): CommandCounts | undefined {
    return this.#commands.get(command);
  }

  /** Counts a generated request and the reply to it. */
  add({ command, valid, index }: CaseAbout, request: Request, reply: Json): void {
    // A query behind a case is about its command, and no request of it.
    if (request.execute !== command) return;
    const counts = this.#countsOf(command);
    const side = valid ? counts.positive : counts.negative;
    const args = request.arguments;
    if (args === undefined) side.absent += 1;
    else side.present += 1;
    if (args !== undefined && isObject(args)) for (const name of Object.keys(args)) side.members.add(name);
    const succeeded = isObject(reply) && Object.hasOwn(reply, 'return');
    if (succeeded) side.succeeded += 1;
    else {
      side.refused += 1;
      const name = errorClass(reply);
      if (name !== undefined) side.errorClasses.add(name);
    }
    if (index !== undefined) counts.mark(index, succeeded);
  }

  /** Counts an event that came before the reply to a generated request. */
  addEvent({ command }: CaseAbout, name: string): void {
    this.#countsOf(command).events.add(name);
  }

  #countsOf(command: string): CommandCounts {
    const known = this.#commands.get(command);
    if (known !== undefined) return known;
    const counts = new CommandCounts();
    this.#commands.set(command, counts);
    return counts;
  }
}
