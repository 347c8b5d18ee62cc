/**
 * Does a run's memory grow with the number of its cases? Each run is a process of its own, fake included; the figure is
 * its peak as the system saw it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suites } from '../suites/index.js';
import { fakeSource } from '../src/target/bundled-fake.js';
import { runQuietly } from './run.js';
import { median, verdict } from './support.js';

/** What the child does: random ids, one case each. */
async function child(runs: number): Promise<void> {
  await runQuietly(fakeSource(), suites, { runs, rules: ['id.random'] });
  process.stdout.write(String(process.resourceUsage().maxRSS));
}

function peak(runs: number): number {
  const { stdout, status } = spawnSync(process.execPath, [fileURLToPath(import.meta.url), String(runs)], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the run failed');
  return Number(stdout);
}

const [runs] = process.argv.slice(2).map(Number);
if (runs !== undefined) await child(runs);
else {
  const many: number[] = [];
  const few: number[] = [];
  for (let round = 0; round < 3; round += 1) {
    many.push(peak(200_000));
    few.push(peak(20_000));
  }
  const ratio = median(many) / median(few);
  const mib = (values: number[]): string => `${Math.round(median(values) / 1024)} MiB`;
  verdict(
    'peak memory at 200,000 / 20,000 cases',
    ratio,
    'at most 1.3',
    ratio <= 1.3,
    `${mib(many)}, ${mib(few)}`,
  );
}
