/**
 * Test files, run by a node of their own.
 *
 * The runner that comes with tap puts loaders in front of every file, for coverage and mocks that no test here uses.
 * They take longer than most of the files do.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { type Result, Parser } from 'tap-parser';
import { packageRoot } from '../src/package.js';

/** How long they may take, in seconds. */
const LIMIT = 600;

const TOGETHER = join('dist', 'test', 'together.js');

/** What came of them. */
export interface Outcome {
  readonly passed: number;
  /** What failed, each with its test, its place and its values: text for a person. */
  readonly failures: readonly string[];
  /** What was skipped, each with its reason. */
  readonly skipped: readonly string[];
  /** What the tests wrote to stderr. */
  readonly stderr: string;
  readonly seconds: number;
}

/** Runs `programs`, in turn and in one process; whatever they do is an outcome. */
export async function runTestPrograms(programs: readonly string[]): Promise<Outcome> {
  const started = performance.now();
  const child = spawn(process.execPath, ['--enable-source-maps', TOGETHER, ...programs], {
    cwd: packageRoot,
    env: { ...process.env, TAP: '1', TAP_TIMEOUT: String(LIMIT) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stderr: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const parser = new Parser();
  const assertions = gather(parser);
  child.stdout.pipe(parser);

  // Tests have ended themselves by then, and told what they were doing.
  const timer = setTimeout(() => child.kill('SIGKILL'), (LIMIT + 30) * 1000);
  const end = await new Promise<string>((resolve) => {
    child.on('error', (error) => {
      resolve(`it does not start: ${error.message}`);
    });
    child.on('close', (code, signal) => {
      resolve(code === 0 ? '' : `it ended with ${signal ?? `exit code ${String(code)}`}`);
    });
  });
  clearTimeout(timer);

  const failures = assertions.filter(isFailure).map(described);
  if (failures.length === 0) {
    if (end !== '') failures.push(end);
    else if (parser.results?.ok !== true) failures.push('its TAP is not whole');
    else if (assertions.length === 0) failures.push('it asserts nothing');
  }
  return {
    passed: assertions.filter(({ ok, skip, todo }) => ok && skip === false && todo === false).length,
    failures,
    skipped: assertions
      .filter(isSkipped)
      .map((assertion) => `${assertion.fullname}: ${String(assertion.skip)}`),
    stderr: Buffer.concat(stderr).toString(),
    seconds: (performance.now() - started) / 1000,
  };
}

/** What is run for a test file, a path below `test`. */
export function compiled(file: string): string {
  return join('dist', 'test', file.replace(/\.ts$/, '.js'));
}

/**
 * The assertions, at the end of the TAP. A test that holds assertions is none itself, unless it fails and none of them
 * does: that is one which threw, or was ended.
 */
function gather(parser: Parser): Result[] {
  const found: Result[] = [];
  let inner: Result[] = [];
  parser.on('child', (child: Parser) => {
    inner = gather(child);
  });
  parser.on('assert', (assertion: Result) => {
    const isNone = inner.length > 0 && (!isFailure(assertion) || inner.some(isFailure));
    found.push(...inner, ...(isNone ? [] : [assertion]));
    inner = [];
  });
  // Of a test that never came to its end.
  parser.on('complete', () => found.push(...inner));
  return found;
}

function isSkipped({ skip, todo }: Result): boolean {
  return skip !== false || todo !== false;
}

function isFailure(assertion: Result): boolean {
  return !assertion.ok && !isSkipped(assertion);
}

function described({ fullname, diag }: Result): string {
  const values =
    diag === null ? '' : `\n${inspect(diag, { depth: 6, breakLength: 110, maxStringLength: 4000 })}`;
  return `${fullname}${values}`;
}
