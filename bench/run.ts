/**
 * What the benches run: rules against a target, with nothing shown and nothing saved.
 */
import type { Case } from '../src/exchange/index.js';
import { builtinWaivers, type OptionsReport } from '../src/result/index.js';
import { selectRules, type Suite } from '../src/rules/index.js';
import { run } from '../src/run/index.js';
import type { TargetSource } from '../src/target/index.js';

/** @throws Error when the target does not conform: then there is nothing to measure */
export async function runQuietly(
  source: TargetSource,
  suites: readonly Suite[],
  options: Partial<OptionsReport> = {},
): Promise<void> {
  const { report } = await run({
    source,
    suites,
    selected: selectRules(suites, { suites: [], rules: options.rules ?? [], exclude: [] }),
    options: {
      protocol: source.protocol,
      profile: 'safe',
      level: 'should',
      seed: 1,
      runs: 100,
      timeoutMs: 60_000,
      suites: [],
      rules: [],
      exclude: [],
      repeat: 1,
      commands: [],
      jobs: 1,
      defines: [],
      ...options,
    },
    waivers: [],
    builtinWaivers,
    saveReplay: () => Promise.resolve(''),
    onEvent: () => undefined,
  });
  if (report.verdict !== 'conformant') throw new Error(report.verdictReason);
}

/** One rule that sends simple requests, pipelined. */
export function simpleRequests(
  cases: () => Iterable<Case>,
  onJudged: (milliseconds: number) => void = () => undefined,
): readonly Suite[] {
  return [
    {
      id: 'bench',
      title: 'Bench',
      rules: [
        {
          kind: 'check',
          id: 'bench.requests',
          title: 'simple requests succeed',
          level: 'must',
          since: '0.1.0',
          reference: { document: 'none', section: 'none', requirement: 'They succeed.' },
          needs: { profile: 'readonly' },
          detects: [],
          check: async (probe) => {
            const qmp = await probe.negotiated();
            const started = performance.now();
            await qmp.pipeline(cases());
            onJudged(performance.now() - started);
          },
        },
      ],
    },
  ];
}
