import { SingleBar } from 'cli-progress';
import picocolors from 'picocolors';
import type { RuleResult, RunEvent } from '../result/index.js';
import { isBad, outcomeOf, tally, tallyText } from './outcome.js';
import { grouped, shownLine } from '../text.js';

/** A bar that is redrawn in place. */
export interface BarOptions {
  readonly tty: true;
  /** Where the view is written, and nowhere else. */
  readonly stream: NodeJS.WritableStream;
  readonly color: boolean;
}

/** One plain line for each suite. */
export interface LinesOptions {
  readonly tty: false;
  /** Takes a line, without its end. */
  readonly say: (line: string) => void;
}

export type ProgressOptions = BarOptions | LinesOptions;

export interface Progress {
  onEvent(event: RunEvent): void;
  /** Ends the view and gives the terminal back as it was. To be called once the run is over, also after an error. */
  stop(): void;
}

/** A view of a run while it goes on. */
export function createProgress(options: ProgressOptions): Progress {
  return options.tty ? progressBar(options) : progressLines(options);
}

function progressBar({ stream, color }: BarOptions): Progress {
  const paint = picocolors.createColors(color);
  const bar = new SingleBar({
    stream,
    format: `${paint.cyan('{bar}')} {value}/{total}  {failures}  {rule}`,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    // Signals are the business of the command line.
    gracefulExit: false,
  });
  let done = 0;
  let failures = 0;
  const failureText = () =>
    failures === 0 ? paint.dim('no failures') : paint.red(`${grouped(failures)} failed`);
  return {
    onEvent(event) {
      switch (event.type) {
        case 'run-started':
          bar.start(event.rules, 0, { failures: failureText(), rule: shownLine(event.target) });
          break;
        case 'rule-started':
          bar.update({ rule: `${paint.dim(shownLine(event.suite))} ${shownLine(event.id)}` });
          break;
        case 'rule-finished':
          done += 1;
          if (isBad(outcomeOf(event.result))) failures += 1;
          bar.update(done, { failures: failureText() });
          break;
        case 'target-discovered':
        case 'rule-progress':
        case 'run-finished':
          break;
      }
    },
    stop() {
      bar.stop();
    },
  };
}

/**
 * One line for the results of a suite, when another suite has one: a log wants few lines, and none of them rewritten.
 * A suite may come again, with the rules that watch the whole run and end with it.
 */
function progressLines({ say }: LinesOptions): Progress {
  let total = 0;
  let done = 0;
  let results: RuleResult[] = [];
  const flush = () => {
    const [first] = results;
    if (first === undefined) return;
    done += results.length;
    say(`${done}/${total} ${shownLine(first.suite)}: ${tallyText(tally(results))}`);
    results = [];
  };
  return {
    onEvent(event) {
      if (event.type === 'run-started') total = event.rules;
      if (event.type === 'run-finished') flush();
      if (event.type !== 'rule-finished') return;
      if (results.some((result) => result.suite !== event.result.suite)) flush();
      results.push(event.result);
    },
    stop: flush,
  };
}
