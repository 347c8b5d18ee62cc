/**
 * The faults that the fake can show, one file per section of what goes wrong. Every rule names those that it must
 * catch. To add a fault, add a value to one of these files.
 */
import { didYouMean } from '../../did-you-mean.js';
import { InputError } from '../../input-error.js';
import type { Fault } from '../fault.js';
import { argumentFaults } from './arguments.js';
import { connectionFaults } from './connections.js';
import { effectFaults } from './effects.js';
import { envelopeFaults } from './envelope.js';
import { eventFaults } from './events.js';
import { framingFaults } from './framing.js';
import { greetingFaults } from './greeting.js';
import { idFaults } from './ids.js';
import { introspectionFaults } from './introspection.js';
import { jsonFaults } from './json.js';
import { negotiationFaults } from './negotiation.js';
import { operatorFaults } from './operators.js';
import { outOfBandFaults } from './out-of-band.js';
import { agentFaults } from './qga.js';
import { refusalFaults } from './refusals.js';
import { replyFaults } from './replies.js';
import { survivalFaults } from './survival.js';
import { yankFaults } from './yank.js';

export const faults: readonly Fault[] = [
  ...greetingFaults,
  ...negotiationFaults,
  ...framingFaults,
  ...jsonFaults,
  ...envelopeFaults,
  ...idFaults,
  ...replyFaults,
  ...outOfBandFaults,
  ...eventFaults,
  ...connectionFaults,
  ...introspectionFaults,
  ...argumentFaults,
  ...operatorFaults,
  ...refusalFaults,
  ...effectFaults,
  ...survivalFaults,
  ...yankFaults,
  ...agentFaults,
];

/**
 * The faults of these ids.
 *
 * @throws InputError when there is no such fault
 */
export function faultsById(ids: readonly string[]): Fault[] {
  return ids.map((id) => {
    const fault = faults.find((candidate) => candidate.id === id);
    if (fault !== undefined) return fault;
    const hint = didYouMean(
      id,
      faults.map((candidate) => candidate.id),
    );
    throw new InputError(
      `there is no fault '${id}'${hint === undefined ? '' : ` (${hint})`}; see qmpspec faults`,
    );
  });
}
