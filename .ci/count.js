/**
 * Prints the numbers of a TAP file: `N passed, N failed, N skipped`.
 *
 *     node .ci/count.js FILE STATUS
 *
 * Assertions are counted, not the tests that hold them. A test that fails without an assertion of its own that does, for
 * example because it was ended, counts as one failure; so does a run that fails without any test to blame.
 */
import { readFileSync } from 'node:fs';
import { Parser } from 'tap-parser';

const counts = { passed: 0, failed: 0, skipped: 0 };

function count(parser) {
  let failedBefore;
  parser.on('child', (child) => {
    failedBefore = counts.failed;
    count(child);
  });
  parser.on('assert', ({ ok, skip, todo }) => {
    const isTest = failedBefore !== undefined;
    if (skip !== false || todo !== false) {
      if (!isTest) counts.skipped += 1;
    } else if (!ok) {
      if (!isTest || counts.failed === failedBefore) counts.failed += 1;
    } else if (!isTest) {
      counts.passed += 1;
    }
    failedBefore = undefined;
  });
  parser.on('bailout', () => {
    counts.failed += 1;
  });
}

const [path = '', status = '0'] = process.argv.slice(2);
const parser = new Parser();
count(parser);
try {
  parser.end(readFileSync(path));
} catch {
  // The tests did not get as far as writing it.
}
if (status !== '0' && counts.failed === 0) counts.failed = 1;
process.stdout.write(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`);
