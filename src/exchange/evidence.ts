/**
 * What a finding was seen on, and where findings go.
 */
import type { CaseAbout } from '../generate/index.js';
import type { Finding } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Message, Request } from '../qmp/index.js';
import type { Step } from './step.js';
import type { StepExecutor } from './step-executor.js';

/** What a finding was seen on. */
export interface Evidence {
  readonly request: string;
  readonly response: string;
  readonly expected: string;
  /** What to do to see it again. */
  readonly steps: readonly Step[];
}

/** Where findings go. */
export interface FindingSink {
  addCase(): void;
  addFinding(finding: Finding, evidence: Evidence): void;
}

/** Who looks at all that is said in a conversation, whatever it was asked for. */
export interface Observer {
  /** A message has come in; `index` is how many came before it on its connection. */
  onMessage(message: Message, index: number, executor: StepExecutor): void;
  /** A request was answered; `about` says what it is a case of, for generated ones. */
  onAnswer(request: Request, reply: Json, about?: CaseAbout): void;
  /** An event came while a generated request was the next to be answered. */
  onCaseEvent(about: CaseAbout, name: string): void;
}

/** Looks at nothing. */
export const UNOBSERVED: Observer = {
  onMessage: () => undefined,
  onAnswer: () => undefined,
  onCaseEvent: () => undefined,
};
