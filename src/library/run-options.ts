/**
 * What a caller may say of a run.
 */
import type { Profile, Shard } from '../cases/index.js';
import type { Schema } from '../qapi/index.js';
import type { Endpoint, Protocol } from '../qmp/index.js';
import type { RunEvent } from '../result/index.js';
import type { Level } from '../rules/index.js';

/**
 * What is tested: a server that runs already, a QEMU system emulator that is started with arguments that qmpspec
 * chooses, or any server that is started by its command line. In that, `{socket}` stands for the path of the Unix
 * socket on which the server has to listen, and `{dir}` for a private folder that goes with it.
 *
 * @public
 */
export type TargetChoice =
  | {
      /** `unix:PATH`, `tcp:HOST:PORT`, or the same as an endpoint. */
      readonly address: string | Endpoint;
    }
  | {
      /** The program, such as `qemu-system-x86_64`. */
      readonly qemu: string;
    }
  | {
      /** A command line as a shell reads it, or its words. No shell is started. */
      readonly spawn: string | readonly string[];
    };

/**
 * What to run, against what. Everything may be left out.
 *
 * @public
 */
export interface RunSuitesOptions {
  /** What is tested; the bundled fake when left out. */
  readonly target?: TargetChoice | undefined;
  /** What the target speaks. Default: `qmp`. */
  readonly protocol?: Protocol | undefined;
  /** What may be sent. Default: `safe` to a server that runs already, else `full`. */
  readonly profile?: Profile | undefined;
  /** Rules of this level and above are judged, others only shown. Default: `should`. */
  readonly level?: Level | undefined;
  /** The suites to take, by id. Default: all. */
  readonly suites?: readonly string[] | undefined;
  /** Patterns of the rules to take, such as `yank.*`. Default: all. */
  readonly rules?: readonly string[] | undefined;
  /** Patterns of the rules to leave out. */
  readonly exclude?: readonly string[] | undefined;
  /** Patterns of the commands that generated requests are for. Default: all. */
  readonly commands?: readonly string[] | undefined;
  /**
   * The schema by which the target is judged: the path of a QAPI schema file or of a saved reply to query-qmp-schema,
   * or a schema that was loaded. Default: what the target itself says, if it does.
   */
  readonly schema?: string | Schema | undefined;
  /** The condition symbols that hold in the target; only together with `schema`. */
  readonly defines?: readonly string[] | undefined;
  /** What random cases follow from. Default: 1. */
  readonly seed?: number | undefined;
  /** Random cases for each command, or of a rule that makes some up. Default: 100. */
  readonly runs?: number | undefined;
  /** How long one reply may take, in milliseconds. Default: 5000. */
  readonly timeoutMs?: number | undefined;
  /** Send generated requests to so many targets at the same time. Default: 1. */
  readonly jobs?: number | undefined;
  /** Take only a part of the run. */
  readonly shard?: Shard | undefined;
  /** Stop when so many rules have failed. */
  readonly maxFailures?: number | undefined;
  /** Check everything so many times. Default: 1. */
  readonly repeat?: number | undefined;
  /** Files of known deviations that shall not count. */
  readonly waivers?: readonly string[] | undefined;
  /** Apply the waivers of the package for proven deviations of released QEMUs. Default: true. */
  readonly builtinWaivers?: boolean | undefined;
  /**
   * Where `report.json`, `junit.xml`, `report.tap`, `summary.md` and the replays of failures go; the folder is made
   * if need be. Default: nowhere, nothing is written.
   */
  readonly reportDir?: string | undefined;
  /** Is told what happens while it happens. What it throws ends the run. */
  readonly onEvent?: ((event: RunEvent) => void) | undefined;
  /** Ends the run early, in good order: there is a report all the same. */
  readonly signal?: AbortSignal | undefined;
}
