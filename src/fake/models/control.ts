/**
 * What a server says of itself, and its end.
 */
import type { Machine, Model } from '../machine.js';

export function control(machine: Machine): Model {
  return {
    handlers: {
      'query-version': () => machine.version,
      'query-commands': () => [...machine.schema.commands.keys()].map((name) => ({ name })),
      'query-qmp-schema': () => machine.behaviour.introspect(machine),
      'query-name': () => ({}),
      'human-monitor-command': () => '',
      quit: () => {
        machine.runState.shutdown();
        machine.quit();
        return {};
      },
    },
  };
}
