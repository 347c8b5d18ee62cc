/**
 * The evidence of a finding, and what takes findings and messages.
 */
import type { CaseAbout } from '../generate/index.js';
import type { Finding } from '../judge/index.js';
import type { Json } from '../json/index.js';
import type { Message, Request } from '../qmp/index.js';
import type { Step } from './step.js';
import type { StepExecutor } from './step-executor.js';

/** The request and the response in which a finding was seen, as text, and the steps that show it again. */
export interface Evidence {
  readonly request: string;
  readonly response: string;
  readonly expected: string;
  /** What to do to see it again. */
  readonly steps: readonly Step[];
}

/** Takes judged cases and findings. */
export interface FindingSink {
  addCase(): void;
  addFinding(finding: Finding, evidence: Evidence): void;
}

/** Is told of every message of a conversation, whatever request it was for. */
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
