/**
 * Runs the suites against a server, as a gate in CI does, and shows how far it is and what came of it.
 *
 *     node gate.js ./build/qemu-system-x86_64
 */
import { InputError, renderReport, runSuites } from 'qmpspec';

const [, , qemu] = process.argv;
const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort());

try {
  const { report, exitCode } = await runSuites({
    // Without one, the bundled fake is tested.
    target: qemu === undefined ? undefined : { qemu },
    suites: ['protocol', 'yank'],
    signal: interrupted.signal,
    onEvent: (event) => {
      if (event.type === 'rule-finished' && event.result.status === 'failed') {
        console.log('does not hold:', event.result.id);
      }
    },
  });
  console.log(await renderReport(report, 'text'));
  process.exitCode = exitCode;
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
