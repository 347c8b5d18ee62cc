/**
 * A session with one target, from its start to its end; all traffic with a target goes through here. It starts or
 * attaches, connects and negotiates, and sends cases; several targets are several sessions side by side.
 *
 * What goes wrong with the target is a value; the exceptions that remain are defects of ours.
 */
import type { JudgeContext } from '../judge/index.js';
import { TargetError } from '../qmp/index.js';
import type { Target, TargetSource } from '../target/index.js';
import { CaseConnection, type ConnectionLost } from './case-connection.js';
import { UNOBSERVED, type FindingSink, type Observer } from './evidence.js';
import { cleanUp, healthProblem, type Cleanup } from './maintenance.js';
import { RecentMessages } from './message-log.js';
import type { Patience } from './patience.js';
import { StepExecutor } from './step-executor.js';

/** What all conversations of a run have in common. */
export interface SessionOptions {
  /** The private folder for sockets and files of peers. */
  readonly folder: string;
  readonly patience: Patience;
  /** Everything ends as if the target had gone. */
  readonly signal?: AbortSignal | undefined;
}

/** What a conversation is begun with. */
export interface Conversation {
  /** The context in which replies are judged; an empty one when left out. */
  readonly context?: JudgeContext;
  /** Is told of every message; nothing is when left out. */
  readonly observer?: Observer;
}

/** What a connection for cases needs to know on top of that. */
export interface CaseConversation extends Conversation {
  /** A command that always succeeds and changes nothing. */
  readonly ping: string;
  /** Takes what connecting, negotiating and settling find; nothing of it is kept when left out. */
  readonly sink?: FindingSink;
}

/** A target could not be had. */
export interface StartFailure {
  readonly problem: string;
}

const NO_CONTEXT: JudgeContext = { schema: undefined, judgeReturn: () => [] };
const NO_SINK: FindingSink = { addCase: () => undefined, addFinding: () => undefined };

export class TargetSession {
  readonly target: Target;
  readonly #options: SessionOptions;
  readonly #open = new Set<StepExecutor>();
  readonly #recentMessages = new RecentMessages();

  private constructor(target: Target, options: SessionOptions) {
    this.target = target;
    this.#options = options;
  }

  /** Starts a target, or attaches to the one that the source names. */
  static async start(source: TargetSource, options: SessionOptions): Promise<TargetSession | StartFailure> {
    try {
      return new TargetSession(await source.start(), options);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      return { problem: error.message };
    }
  }

  /** A session with a target that was started elsewhere, where it is stopped, too. */
  static attach(target: Target, options: SessionOptions): TargetSession {
    return new TargetSession(target, options);
  }

  /** How long the next answer may take, in milliseconds. */
  get limitMs(): number {
    return this.#options.patience.limitMs;
  }

  /** The last that the target has said, in whatever conversation, one line for each message. */
  get recentMessages(): readonly string[] {
    return this.#recentMessages.lines;
  }

  /** Begins a conversation: connections and peers that come and go together. */
  beginConversation({ context = NO_CONTEXT, observer = UNOBSERVED }: Conversation = {}): StepExecutor {
    const { folder, patience, signal } = this.#options;
    const executor: StepExecutor = new StepExecutor({
      target: this.target,
      folder,
      patience,
      context,
      targetMessages: this.#recentMessages,
      onMessage: (message, index) => {
        observer.onMessage(message, index, executor);
      },
      onClose: () => this.#open.delete(executor),
    });
    this.#open.add(executor);
    // `interrupt` does not reach what begins after it.
    if (signal?.aborted === true) void executor.close();
    return executor;
  }

  /** A connection that is ready for commands, in a conversation of its own. */
  async connect(conversation: CaseConversation): Promise<CaseConnection | ConnectionLost> {
    const { ping, observer = UNOBSERVED, sink = NO_SINK } = conversation;
    const executor = this.beginConversation(conversation);
    const connection = await CaseConnection.open({
      executor,
      protocol: this.target.protocol,
      ping,
      folder: this.#options.folder,
      observer,
      sink,
    });
    if ('lost' in connection) await executor.close();
    return connection;
  }

  /** Asks the target for one more answer. Returns why it serves no more; undefined when it does. */
  async healthProblem(): Promise<string | undefined> {
    const { patience, signal } = this.#options;
    const started = performance.now();
    // Whether it is gone altogether is worth the whole time.
    const { timeoutMs } = patience;
    const problem = await healthProblem(this.target, timeoutMs, signal);
    const took = performance.now() - started;
    if (problem !== undefined && took >= timeoutMs) patience.silent(took);
    return problem;
  }

  /** Removes what a check that ended early has left behind. */
  cleanUp(cleanups: readonly Cleanup[]): Promise<void> {
    return cleanUp(this.target, cleanups, this.#options.folder, this.#options.patience.limitMs);
  }

  /** Ends whatever is in progress, as if the target had gone. */
  interrupt(): void {
    for (const executor of this.#open) void executor.close();
  }

  /** Ends all conversations, and the target if it is ours. */
  async stop(): Promise<void> {
    this.interrupt();
    await this.target.stop();
  }
}
