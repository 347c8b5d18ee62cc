/**
 * A fault: one thing that the fake can be told to do wrong, so that a rule can show that it notices.
 */
import type { Protocol } from '../qmp/index.js';
import type { Behaviour } from './behaviour.js';

export interface Fault {
  /** What the fake has to be to show it; a monitor when left out. */
  readonly protocol?: Protocol;
  /** A slug such as `lf-only`; never renamed. */
  readonly id: string;
  /** What the server does, as a statement of fact. */
  readonly title: string;
  /** The functions to use instead; `reference` are those without this fault. */
  readonly change: (reference: Behaviour) => Partial<Behaviour>;
}
