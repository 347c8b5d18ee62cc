import fc from 'fast-check';
import t from 'tap';
import {
  clip,
  duration,
  grouped,
  indent,
  oneLine,
  paintedText,
  plural,
  shown,
  shownLine,
  visible,
  visibleJson,
  wrap,
} from '../src/text.js';
import { hostileString } from './report/arbitrary.js';

void t.test('visible: what cannot be seen is shown as an escape', (t) => {
  t.equal(visible('\u001b[31m\u0000\u007f'), '\\x1b[31m\\x00\\x7f');
  t.equal(visible('a\tb\rc\nd'), 'a\\tb\\rc\nd');
  t.equal(visible('\u009b\u202e\u2028\ufeff\uffff'), '\\u009b\\u202e\\u2028\\ufeff\\uffff');
  t.equal(visible('\ud800 \u{1f600} \u{e0001} é €'), '\\ud800 \u{1f600} \\u{e0001} é €');
  t.equal(oneLine('a\nb'), 'a\\nb');
  t.end();
});

void t.test('visible: no log reader finds a command', (t) => {
  t.equal(
    visible('##[error]x ##vso[task.x] ###[x] ##teamcity[x]'),
    '\\x23#[error]x \\x23#vso[task.x] #\\x23#[x] \\x23#teamcity[x]',
  );
  t.equal(visible('::error::x\n  ::debug x'), '\\x3a:error::x\n  \\x3a:debug x');
  t.equal(visible('## heading std::x [::1]:80 ::1'), '## heading std::x [::1]:80 ::1');
  t.end();
});

void t.test('visible: nothing is left that does not print', (t) => {
  fc.assert(
    fc.property(hostileString, (text) => {
      const safe = visible(text);
      return (
        !/[^\P{C}\n]|[\u2028\u2029]/u.test(safe) && !/##[\w-]*\[/.test(safe) && !oneLine(text).includes('\n')
      );
    }),
  );
  t.end();
});

void t.test('paintedText: colours, newlines and tabs stay, and nothing else that steers a terminal', (t) => {
  t.equal(paintedText('\u001b[1m\ta\u001b[22m\n'), '\u001b[1m\ta\u001b[22m\n');
  t.equal(
    paintedText('\u001b[2J\u001b]0;x\u0007\u001b[31;1m\u001b\u001b[31m\r\u009b1m\u202e'),
    '\\x1b[2J\\x1b]0;x\\x07\\x1b[31;1m\\x1b\u001b[31m\\r\\u009b1m\\u202e',
  );
  fc.assert(
    fc.property(hostileString, (text) => {
      const bare = paintedText(text).replace(/\u001b\[\d{1,2}m/g, '');
      return !/[^\P{C}\n\t]|[\u2028\u2029]/u.test(bare);
    }),
  );
  t.end();
});

void t.test('visibleJson: the same value, and nothing that does not print', (t) => {
  t.equal(visibleJson('{\n "\u009b\u{e0001}": "##[x]"\n}'), '{\n "\\u009b\\udb40\\udc01": "\\u0023#[x]"\n}');
  fc.assert(
    fc.property(hostileString, (text) => {
      const json = visibleJson(JSON.stringify([text], null, 2));
      const value = JSON.parse(json) as string[];
      return value[0] === text && !/[^\P{C}\n]|[\u2028\u2029]|##[\w-]*\[/u.test(json);
    }),
  );
  t.end();
});

void t.test('clip keeps both ends and counts the bytes it cuts', (t) => {
  t.equal(clip('abc', 3), 'abc');
  t.equal(clip('abcdefghij', 6), 'abcd ...[4 bytes cut]... ij');
  t.equal(clip('é'.repeat(3000), 3), 'éé ...[5,994 bytes cut]... é');
  // A pair on either border is cut as one.
  t.equal(clip(`a\u{1f600}bbb\u{1f600}c`, 3), 'a ...[11 bytes cut]... c');
  fc.assert(
    fc.property(hostileString, fc.integer({ min: 0, max: 40 }), (text, limit) => {
      const cut = /^(.*) \.{3}\[([\d,]+) bytes cut\]\.{3} (.*)$/s.exec(clip(text, limit));
      if (text.length <= limit) return clip(text, limit) === text;
      const [, head = '', count = '', tail = ''] = cut ?? [];
      const kept = Buffer.byteLength(head) + Buffer.byteLength(tail);
      return (
        text.startsWith(head) &&
        text.endsWith(tail) &&
        head.length + tail.length <= limit &&
        kept + Number(count.replaceAll(',', '')) === Buffer.byteLength(text)
      );
    }),
  );
  t.end();
});

void t.test('shown clips first, so that no escape is cut', (t) => {
  t.equal(shown('\u0001'.repeat(5), 3), '\\x01\\x01 ...[2 bytes cut]... \\x01');
  t.equal(shownLine('a\nb'), 'a\\nb');
  t.equal(shown('a\nb'), 'a\nb');
  t.end();
});

void t.test('numbers and durations as people say them', (t) => {
  t.same([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567']);
  t.same([plural(1, 'rule'), plural(0, 'rule'), plural(2000, 'rule')], ['1 rule', '0 rules', '2,000 rules']);
  t.same([0.4, 120, 999, 4200, 59_949, 59_950, 200_000, 7_500_000].map(duration), [
    '0 ms',
    '120 ms',
    '999 ms',
    '4.2 s',
    '59.9 s',
    '1 min 0 s',
    '3 min 20 s',
    '2 h 5 min',
  ]);
  t.end();
});

void t.test('wrap breaks at spaces and nowhere else', (t) => {
  t.same(wrap('one two three', 7), ['one two', 'three']);
  t.same(wrap('a\n\nunbreakable b', 4), ['a', '', 'unbreakable', 'b']);
  t.equal(indent('a\nb', '> '), '> a\n> b');
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,9}$/), { minLength: 1 }),
      fc.integer({ min: 1, max: 30 }),
      (words, width) => {
        const lines = wrap(words.join(' '), width);
        return (
          lines.join(' ') === words.join(' ') &&
          lines.every((line) => line.length <= width || !line.includes(' '))
        );
      },
    ),
  );
  t.end();
});
