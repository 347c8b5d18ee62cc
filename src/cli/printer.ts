/**
 * What `qmpspec run` shows: in the course of the run, and at its end.
 */
import {
  createProgress,
  reportGithub,
  reportPretty,
  tapFooter,
  tapHeader,
  tapPoint,
} from '../report/index.js';
import type { RunEvent, RunReport } from '../result/index.js';
import { wantsColor } from './options.js';
import { say, terminal as watched } from './stderr.js';
import { print, terminal } from './stdout.js';

export interface Printer {
  onEvent(event: RunEvent): void;
  /** The run is over, also when there is no report of it. */
  stop?(): void;
  end(report: RunReport): void;
}

export interface PrinterOptions {
  readonly color: boolean;
  readonly reportDir: string;
}

export type ReporterName = 'pretty' | 'tap' | 'github' | 'quiet';

const ignore = (): void => undefined;

/** What goes to stdout, and the verdict in one line to stderr where stdout is for programs. */
export const printers: Readonly<Record<ReporterName, (options: PrinterOptions) => Printer>> = {
  pretty: ({ color, reportDir }) => ({
    onEvent: ignore,
    end: (report) => {
      const width = terminal.isTTY ? terminal.columns : 100;
      print(reportPretty(report, { color: wantsColor(terminal, color), width, reportDir }));
    },
  }),
  tap: (options) => {
    let points = 0;
    return {
      onEvent: (event) => {
        if (event.type === 'run-started') print(tapHeader(event.rules));
        else if (event.type === 'rule-finished') print(tapPoint(event.result, ++points));
      },
      end: (report) => {
        print(tapFooter(report));
        sayVerdict(report, options);
      },
    };
  },
  github: (options) => ({
    onEvent: ignore,
    end: (report) => {
      print(reportGithub(report));
      sayVerdict(report, options);
    },
  }),
  quiet: () => ({ onEvent: ignore, end: ignore }),
};

function sayVerdict(report: RunReport, { reportDir }: PrinterOptions): void {
  say(`${report.verdict}: ${report.verdictReason}`);
  say(`reports: ${reportDir}`);
}

/** How far the run has come, on stderr. */
export function progressPrinter({ color }: PrinterOptions): Printer {
  const progress = createProgress(
    watched.isTTY ? { tty: true, stream: watched, color: wantsColor(watched, color) } : { tty: false, say },
  );
  return {
    onEvent: (event) => {
      progress.onEvent(event);
    },
    stop: () => {
      progress.stop();
    },
    end: ignore,
  };
}

/**
 * Keeps the exceptions of a printer from the run: what is measured is worth more than how it looks.
 *
 * @param onDefect is told of the first one; the printer shows no more after that
 */
export function guarded(printer: Printer, onDefect: (error: unknown) => void): Required<Printer> {
  let failed = false;
  const attempt = (show: () => void): void => {
    if (failed) return;
    try {
      show();
    } catch (error) {
      failed = true;
      onDefect(error);
    }
  };
  return {
    onEvent: (event) => {
      attempt(() => {
        printer.onEvent(event);
      });
    },
    stop: () => {
      attempt(() => {
        printer.stop?.();
      });
    },
    end: (report) => {
      attempt(() => {
        printer.end(report);
      });
    },
  };
}
