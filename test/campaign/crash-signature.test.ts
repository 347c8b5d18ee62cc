/**
 * What tells one crash from another.
 */
import t from 'tap';
import { crashSignature } from '../../src/campaign/crash-signature.js';

function signature(output: string, kind: 'killed' | 'hung' = 'killed'): string | undefined {
  return crashSignature({ kind, words: 'was killed', output });
}

void t.test('an assertion is the same in two builds, folders and processes', (t) => {
  const one = signature("qemu-system-x86_64: ../../block/a.c:123: do_it: Assertion `x != NULL' failed.\n");
  const other = signature(
    "warning: something\n/opt/bin/qemu-system-x86_64: /build/qemu/block/a.c:456: do_it: Assertion `x != NULL' failed.\n",
  );
  t.ok(one?.includes('Assertion `x != NULL'));
  t.equal(one, other);
  t.not(one, signature("q: a.c:1: do_it: Assertion `y' failed."), 'another one is another');
  t.end();
});

void t.test('a report of a sanitizer counts before what else was written', (t) => {
  const text = [
    '==123==ERROR: AddressSanitizer: heap-use-after-free on address 0x60200000eff0 at pc 0x1',
    "q: a.c:1: f: Assertion `y' failed.",
    'SUMMARY: AddressSanitizer: heap-use-after-free ../block/a.c:12 in do_it',
  ].join('\n');
  t.match(signature(text), /^ERROR: AddressSanitizer: heap-use-after-free/);
  t.equal(signature(text), signature(text.replaceAll('123', '9').replaceAll('0x60200000eff0', '0xabc')));
  t.match(
    signature('../x.c:3:4: runtime error: signed integer overflow: 1 + 2'),
    /runtime error: signed integer/,
  );
  t.match(signature('**\nERROR:qom/object.c:1:f: code should not be reached\n'), 'should not be reached');
  t.end();
});

void t.test('where nothing tells, or nothing has ended, there is none', (t) => {
  t.equal(signature(''), undefined);
  t.equal(signature('qemu: terminating on signal 11'), undefined);
  t.equal(signature("q: Assertion `x' failed.", 'hung'), undefined);
  t.end();
});

void t.test('what a target writes can be anything', (t) => {
  const long = signature(`Assertion ${'|x'.repeat(100_000)} failed`);
  t.ok(long !== undefined && long.length <= 160);
  t.notOk(long?.includes('|'), 'keys are divided by it');
  const behind = signature(`${'x'.repeat(100_000)} a.c:7: f: Assertion \`p' failed.`);
  t.not(behind, undefined, 'what a guest wrote may stand before it on the line');
  t.end();
});
