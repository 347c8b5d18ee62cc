/**
 * Valid arguments of which the outcome is known beforehand: that they are accepted can be judged, not only that others
 * are refused.
 */
import type { CaseRule } from '../../src/rules/index.js';
import { codegen, observed, qapi } from '../citations.js';
import { REFUSALS } from './detects.js';

export const accepted: readonly CaseRule[] = [
  {
    kind: 'cases',
    id: 'args.accepted',
    title: 'arguments that conform to the schema are not refused for their types',
    level: 'must',
    since: '0.2.0',
    reference: codegen(
      'Commands',
      'A command takes every value of its types; only then it may have reasons of its own to refuse them.',
    ),
    needs: { protocol: 'any', profile: 'readonly' },
    detects: REFUSALS,
    cases: (source) => source.predicted(),
  },
  {
    kind: 'cases',
    id: 'args.documented-class',
    title: 'the name of something that does not exist gives the documented error class',
    level: 'must',
    since: '0.2.0',
    reference: qapi('Errors of the commands', 'Where a command documents an error class, that class is due.'),
    needs: { profile: 'safe' },
    detects: ['device-not-found-generic-error', 'device-not-active-generic-error'],
    cases: (source) => source.instances('documented'),
  },
  {
    kind: 'cases',
    id: 'args.observed-class',
    title: 'the name of something that does not exist gives the error class that it has always given',
    level: 'should',
    since: '0.2.0',
    reference: observed(
      'Errors of the commands',
      'Clients rely on classes that no text promises, and that no release has changed.',
    ),
    needs: { profile: 'safe' },
    detects: ['object-not-found-generic-error'],
    cases: (source) => source.instances('observed'),
  },
];
