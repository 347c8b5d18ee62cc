/**
 * Does the guest run, and if not, why (run states of qapi/run-state.json).
 */
import type { Json } from '../../json/index.js';
import type { Handler, Machine, Model } from '../machine.js';
import { CommandError } from '../outcome.js';

export class RunState implements Model {
  readonly handlers: Readonly<Record<string, Handler>>;
  readonly #machine: Machine;
  #status = 'running';

  constructor(machine: Machine) {
    this.#machine = machine;
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
        this.#machine.emit('RESET', { guest: false, reason: 'host-qmp-system-reset' });
        return {};
      },
      system_powerdown: () => {
        this.#machine.emit('POWERDOWN');
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

  /** The machine has moved away. */
  moveAway(): void {
    this.#change('postmigrate');
  }

  /** The last event of a machine. */
  shutdown(): void {
    this.#machine.emit('SHUTDOWN', { guest: false, reason: 'host-qmp-quit' });
  }

  #continue(): void {
    if (this.running) return;
    this.#status = 'running';
    this.#machine.emit('RESUME');
  }

  #change(status: string): void {
    const ran = this.running;
    this.#status = status;
    if (ran) this.#machine.emit('STOP');
  }

  #report(): Json {
    return { running: this.running, status: this.#status };
  }
}
