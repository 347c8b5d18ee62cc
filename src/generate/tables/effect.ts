/**
 * What running a command does, and why that is said of it.
 */

/**
 * The gravest thing that a command does:
 *
 * - `reads`: nothing, with any arguments, on a machine that matters to somebody
 * - `changes-state`: something that is gone when the target's process ends
 * - `writes-files`: creates or changes files, sockets or connections of the host; with sanitized strings only in the
 *   private folder of the run and on the loopback interface
 * - `ends-process`: ends the target
 * - `blocks`: may hold up the whole target for long by design
 * - `takes-descriptors`: works on file descriptors that a client passes
 * - `acts-on-host`: acts on the machine whatever the arguments are; never to be run
 */
export type Effect =
  | 'reads'
  | 'changes-state'
  | 'writes-files'
  | 'ends-process'
  | 'blocks'
  | 'takes-descriptors'
  | 'acts-on-host';

export interface CommandSafety {
  readonly effect: Effect;
  /** What the command would do, as a predicate: `pauses the virtual CPUs`. */
  readonly reason: string;
}
