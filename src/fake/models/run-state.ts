/**
 * Does the guest run, and if not, why (run states of qapi/run-state.json).
 */
import type { Json } from '../../json/index.js';
import type { Emit, Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';

export class RunState implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #emit: Emit;
  #status = 'running';
  /** What it was before a migration stopped it. */
  #before = this.#status;

  constructor(emit: Emit) {
    this.#emit = emit;
    this.handlers = {
      'query-status': () => this.#report(),
      stop: () => {
        if (this.running) this.#change('paused');
        return {};
      },
      cont: () => {
        this.#continue();
        return {};
      },
      system_reset: () => {
        this.#emit('RESET', { guest: false, reason: 'host-qmp-system-reset' });
        if (!this.running && !this.#migrating) this.#change('prelaunch');
        return {};
      },
      system_powerdown: () => {
        this.#emit('POWERDOWN');
        return {};
      },
      'x-exit-preconfig': () => {
        throw new CommandError('the machine has been built already');
      },
    };
  }

  get running(): boolean {
    return this.#status === 'running';
  }

  /** The machine has moved away, and has not been used since. */
  get movedAway(): boolean {
    return this.#status === 'postmigrate';
  }

  /** What is left of a migration needs a machine that stands still. */
  finishMigration(): void {
    this.#before = this.#status;
    this.#change('finish-migrate');
  }

  /** The machine has moved away. */
  moveAway(): void {
    this.#change('postmigrate');
  }

  /** The migration has come to nothing: the machine is again what it was before {@link finishMigration}. */
  comeBack(): void {
    if (!this.#migrating) return;
    this.#status = this.#before;
    if (this.running) this.#emit('RESUME');
  }

  /** The last event of a machine. */
  shutdown(): void {
    this.#emit('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' });
  }

  get #migrating(): boolean {
    return this.#status === 'finish-migrate';
  }

  #continue(): void {
    if (this.running) return;
    if (this.#migrating) throw new CommandError('a migration is not finished yet');
    this.#status = 'running';
    this.#emit('RESUME');
  }

  #change(status: string): void {
    const ran = this.running;
    this.#status = status;
    if (ran) this.#emit('STOP');
  }

  #report(): Json {
    return { running: this.running, status: this.#status };
  }
}
