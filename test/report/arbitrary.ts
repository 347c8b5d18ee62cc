/** Reports full of text that wants to be taken for something else. */
import fc from 'fast-check';
import { anyText } from '../any-text.js';
import {
  NOT_SELECTED,
  type Failure,
  type RuleResult,
  type RunReport,
  type Status,
  type Stop,
} from '../../src/result/index.js';
import type { Level } from '../../src/rules/index.js';
import { argumentCoverage, hostileText, runReport } from './sample.js';

/** Pieces that mean something to some format, mixed with anything at all. */
const piece = fc.oneof(
  { arbitrary: anyText(12), weight: 2 },
  { arbitrary: fc.constantFrom(...hostileText.split('\n')), weight: 1 },
  {
    arbitrary: fc.constantFrom(
      ...['\n', '\r', '\r\n', '\t', ' ', '\u0000', '\u001b[31m', '\u007f', '\u0085', '\u009b', '\u00ad'],
      ...['\u2028', '\u2029', '\u202e', '\u2066', '\u200b', '\ufeff', '\ufffe', '\uffff'],
      ...['\ud800', '\udc00', '\u{1f600}', '\u{e0001}', '\u{1fffe}'],
      ...['#', ' # SKIP x', ' # TODO', '\\', '\\#', '{', '}', '---', '...', '\n  ...\n', '\n---\n', '1..0'],
      ...[
        'ok 1',
        '\nnot ok 2 - x',
        'Bail out!',
        '\nBail out! x',
        'pragma +strict',
        '# Subtest: x',
        '# time=1ms',
      ],
      ...[
        '`',
        '``',
        '```',
        '````````',
        '~~~',
        '\n```\n',
        '|',
        '\\|',
        '\\\\|',
        '*',
        '_',
        '[a](b)',
        '<b>',
        '-->',
      ],
      ...['http://example.org', 'www.example.org', 'a@example.org', '@user', '#12', '&amp;', '&#60;', '$x$'],
      ...[
        '<',
        '>',
        '&',
        '"',
        "'",
        ']]>',
        '<!--',
        '<![CDATA[',
        '<?x?>',
        '%',
        '%0A',
        ':',
        ',',
        '::',
        '\n::error::x',
      ],
      ...[
        '##[',
        '##vso[x]',
        '###[x]',
        'constructor',
        '__proto__',
        ' - ',
        '- a',
        '1. a',
        '    code',
        '> quote',
      ],
    ),
    weight: 5,
  },
);

/** A hostile string; now and then one that is longer than any report shows. */
export const hostileString: fc.Arbitrary<string> = fc.oneof(
  { arbitrary: fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')), weight: 30 },
  { arbitrary: piece.map((text) => text.repeat(Math.ceil(4_200 / (text.length + 1)))), weight: 1 },
);

const failure: fc.Arbitrary<Failure> = fc.record(
  {
    key: hostileString,
    count: fc.integer({ min: 1, max: 2_000_000 }),
    message: hostileString,
    request: hostileString,
    response: hostileString,
    expected: hostileString,
    path: hostileString,
    replay: hostileString,
    waiver: fc.record({ reason: hostileString, source: hostileString }),
  },
  {
    requiredKeys: ['key', 'count', 'message', 'request', 'response', 'expected', 'replay'],
    noNullPrototype: true,
  },
);

const ruleResult: fc.Arbitrary<RuleResult> = fc.record(
  {
    id: hostileString,
    suite: fc.constantFrom('protocol', 'arguments', 'yank', hostileText),
    title: hostileString,
    level: fc.constantFrom<Level[]>('must', 'should', 'info'),
    reference: fc.record({ document: hostileString, section: hostileString }),
    requirement: hostileString,
    status: fc.constantFrom<Status[]>('passed', 'failed', 'waived', 'skipped', 'errored', 'notRun'),
    reason: fc.oneof(
      { arbitrary: hostileString, weight: 4 },
      { arbitrary: fc.constant(NOT_SELECTED), weight: 1 },
    ),
    cases: fc.nat(),
    durationMs: fc.double({ min: 0, max: 1e9, noNaN: true }),
    failures: fc.oneof(
      fc.array(failure, { maxLength: 3 }),
      failure.map((one) => Array.from({ length: 12 }, () => one)),
    ),
  },
  {
    requiredKeys: [
      'id',
      'suite',
      'title',
      'level',
      'reference',
      'requirement',
      'status',
      'cases',
      'durationMs',
      'failures',
    ],
    noNullPrototype: true,
  },
);

const counts = fc.dictionary(hostileString, fc.nat(), { maxKeys: 4, noNullPrototype: true });

/** A report with anything in it; its verdict and its results need not agree. */
export const hostileReport: fc.Arbitrary<RunReport> = fc
  .record({
    results: fc.array(ruleResult, { maxLength: 6 }),
    stopped: fc.constantFrom<(Stop | undefined)[]>(undefined, 'interrupted', 'target-lost'),
    verdict: fc.constantFrom('conformant', 'nonconformant', 'not-testable'),
    verdictReason: hostileString,
    text: fc.array(hostileString, { minLength: 8, maxLength: 8 }),
    commands: fc.dictionary(hostileString, fc.record({ succeeded: fc.nat(), refused: fc.nat() }), {
      maxKeys: 3,
    }),
    events: counts,
    errorClasses: counts,
    unusedWaivers: fc.array(hostileString, { maxLength: 3 }),
  })
  .map(({ results, text, commands, events, errorClasses, stopped, ...rest }) => {
    const [
      address = '',
      greeting = '',
      version = '',
      exit = '',
      stderr = '',
      source = '',
      id = '',
      pack = '',
    ] = text;
    return runReport(results, {
      ...rest,
      complete: stopped === undefined,
      ...(stopped === undefined ? {} : { stopped }),
      target: { address, greeting, version, package: pack, exit, stderr, protocol: 'qmp' },
      schema: { source, commands: 3, events: 2 },
      ruleSet: { id, sha256: 'ab'.repeat(32), count: results.length },
      coverage: { commands, events, errorClasses, arguments: argumentCoverage(exit, [stderr]) },
    });
  });
