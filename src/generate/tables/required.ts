/**
 * Optional members that valid cases always have.
 */
import { PlaceTable, type Place, type Places } from './place.js';

export interface Required extends Places {
  readonly reason: string;
}

export const requiredRows: readonly Required[] = [
  {
    commands: ['blockdev-add'],
    members: ['node-name'],
    reason: 'the outermost node is refused without a name, and an inner one could not be told from others',
  },
  { commands: ['device_add'], members: ['id'], reason: 'what has no ID cannot be removed' },
  {
    commands: ['blockdev-create'],
    members: ['iter-time'],
    reason: 'by default a key is derived for seconds, while nothing else is answered',
  },
];

const table = new PlaceTable(requiredRows);

/**
 * Must an optional member be there in valid cases?
 *
 * @returns the reason; undefined when it may be left out
 */
export function requiredReason(place: Place): string | undefined {
  return table.find(place)?.reason;
}
