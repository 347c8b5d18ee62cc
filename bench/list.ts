/**
 * What `qmpspec list` costs, in starts of Node: a command must load what it needs and no more.
 */
import { spawnSync } from 'node:child_process';
import { packageFile } from '../src/package.js';
import { compare, verdict } from './support.js';

function wallTime(args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore' });
  if (status !== 0) throw new Error(`node ${args.join(' ')} failed`);
  return Promise.resolve(performance.now() - started);
}

const { ratio, a, b } = await compare(
  15,
  () => wallTime([packageFile('dist', 'src', 'cli', 'main.js'), 'list']),
  () => wallTime(['-e', '0']),
);
verdict('qmpspec list / node -e 0', ratio, 'at most 4', ratio <= 4, `${a.toFixed(0)} ms, ${b.toFixed(0)} ms`);
