/**
 * Ends checks, also early, and says how they ended. The code of a rule is a plain sequence of requests, so what ends it
 * early has to unwind it: with an exception that is thrown by {@link CheckControl.end}, caught by
 * {@link CheckControl.follow}, and used nowhere else. The end itself is a value that stays, whatever the rule does with
 * the exception.
 */

export type CheckEnd =
  | { readonly is: 'completed' }
  /** The connection or the target was lost; the finding that says so has been recorded. */
  | { readonly is: 'lost' }
  /** It turned out not to apply to this target. */
  | { readonly is: 'not-applicable'; readonly reason: string }
  /** The check itself failed: a defect of ours. */
  | { readonly is: 'defect'; readonly error: unknown };

class Unwinding extends Error {
  override readonly name = 'Unwinding';

  constructor() {
    super('the check has ended early');
  }
}

/** Ends one check, once. */
export class CheckControl {
  #end: CheckEnd | undefined;

  /** Ends the check by throwing; of several ends the first one stays. */
  end(end: CheckEnd): never {
    this.#end ??= end;
    throw new Unwinding();
  }

  /** Performs a check, and returns how it ended. */
  async follow(check: () => void | Promise<void>): Promise<CheckEnd> {
    try {
      await check();
    } catch (error) {
      // A check that goes on after its end, with nothing to go on with, has no defect of its own to show.
      if (!(error instanceof Unwinding)) return { is: 'defect', error };
    }
    return this.#end ?? { is: 'completed' };
  }
}
