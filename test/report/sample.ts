/** Hand-written reports that all tests of this layer share: one for each way in which a run can end. */
import {
  NOT_SELECTED,
  type ArgumentCoverage,
  type Failure,
  type RuleResult,
  type RunReport,
  type Totals,
} from '../../src/result/index.js';

type RuleParts = Pick<RuleResult, 'id' | 'suite' | 'title' | 'status'> & Partial<RuleResult>;

/** A result with the members that a test does not care about filled in. */
export function ruleResult(parts: RuleParts): RuleResult {
  return {
    level: 'must',
    reference: { document: 'qmp-spec', section: 'Issuing Commands' },
    requirement: `The specification asks that ${parts.title}.`,
    cases: parts.status === 'skipped' || parts.status === 'notRun' ? 0 : 3,
    durationMs: 40,
    failures: [],
    ...parts,
  };
}

/** A failure with the members that a test does not care about filled in. */
export function failure(parts: Partial<Failure>): Failure {
  return {
    key: 'args.unknown-member/query-block/x/accepted',
    count: 1,
    message: 'query-block took an argument that it does not declare',
    request: '{"execute":"query-block","arguments":{"x":1},"id":7}',
    response: '{"return": [], "id": 7}',
    expected: 'an error of class GenericError',
    replay: 'qmpspec replay reports/latest/replay/args.unknown-member-1.json --target unix:/run/qmp.sock',
    ...parts,
  };
}

/** How many results have each status. */
export function totalsOf(results: readonly RuleResult[]): Totals {
  const totals = { passed: 0, failed: 0, waived: 0, skipped: 0, errored: 0, notRun: 0 };
  for (const { status } of results) totals[status] += 1;
  return totals;
}

/** A report over these results; totals are counted. */
export function runReport(results: readonly RuleResult[], parts: Partial<RunReport> = {}): RunReport {
  return {
    schemaVersion: 1,
    complete: true,
    tool: { name: 'qmpspec', version: '0.1.0' },
    ruleSet: { id: 'qmpspec-0.1', sha256: 'ab'.repeat(32), count: results.length },
    target: {
      command: 'qemu-system-x86_64 -machine none -nodefaults -qmp unix:/tmp/qmpspec-1/qmp.sock',
      greeting:
        '{"QMP": {"version": {"qemu": {"micro": 0, "minor": 0, "major": 10}}, "capabilities": ["oob"]}}',
      protocol: 'qmp',
      version: '10.0.0',
      package: '',
    },
    schema: { source: 'query-qmp-schema', sha256: 'cd'.repeat(32), commands: 216, events: 52 },
    options: {
      protocol: 'qmp',
      profile: 'full',
      level: 'should',
      seed: 42,
      runs: 20,
      timeoutMs: 10_000,
      suites: [],
      rules: [],
      exclude: [],
      repeat: 1,
      commands: [],
      jobs: 1,
      defines: [],
    },
    startedAt: '2025-03-01T12:30:00.000Z',
    durationMs: 83_400,
    verdict: 'conformant',
    verdictReason: 'all rules that apply hold',
    totals: totalsOf(results),
    results,
    coverage: {
      commands: {
        'query-block': { succeeded: 12, refused: 4 },
        quit: { succeeded: 0, refused: 2 },
      },
      events: { STOP: 1, RESUME: 1 },
      errorClasses: { GenericError: 5, CommandNotFound: 1 },
    },
    unusedWaivers: [],
    ...parts,
  };
}

const greeting = ruleResult({
  id: 'greeting.first',
  suite: 'protocol',
  title: 'the greeting is the first message on a connection',
  status: 'passed',
});

const needsYank = ruleResult({
  id: 'yank.instances',
  suite: 'yank',
  title: 'query-yank lists what can be yanked',
  status: 'skipped',
  reason: 'the target has no command yank',
});

/** What a run says of the arguments of two commands, the second of a name that a test may choose. */
export function argumentCoverage(name: string, dropped: readonly string[] = []): ArgumentCoverage {
  const positive = { total: 10, reached: 8, accepted: 3 };
  const negative = { total: 1200, reached: 1200, refused: 1200 };
  const requests = { succeeded: 3, refused: 7, absent: 1, present: 9 };
  const none = { succeeded: 0, refused: 0, absent: 0, present: 0 };
  const kinds = { positive: { enumValues: positive }, negative: { values: negative } };
  return {
    depth: 4,
    totals: {
      commands: { swept: 2, accepted: 1, refusedOnly: 0, notSent: 1 },
      positive: { ...positive, kinds: kinds.positive },
      negative: { ...negative, kinds: kinds.negative },
      unreached: { profile: { positive: 2, negative: 0 } },
    },
    commands: {
      'query-block': {
        positive: {
          ...positive,
          requests,
          arguments: { device: { present: 9, absent: 1 } },
          errorClasses: { GenericError: 7 },
          kinds: kinds.positive,
        },
        negative: {
          ...negative,
          requests,
          arguments: {},
          errorClasses: {},
          kinds: kinds.negative,
        },
        events: { STOP: 1 },
        unreached: [
          {
            why: 'profile',
            side: 'positive',
            reason: 'not with --profile safe',
            count: 2,
            elements: ['a/branch'],
          },
        ],
        cut: { count: 1, places: ['a.b.c.d'] },
      },
      [name]: {
        neverAccepted: true,
        positive: { ...positive, requests: none, arguments: {}, errorClasses: {}, kinds: {} },
        negative: { ...negative, requests: none, arguments: {}, errorClasses: {}, kinds: {} },
        events: {},
        unreached: [],
      },
    },
    left: [{ why: 'condition', reason: 'the target does not offer the command', count: 1, commands: [name] }],
    dropped: {
      count: dropped.length,
      cases: dropped.map((reason) => ({ name: `${name}/mandatory-only`, reason })),
    },
    unknown: 'what introspection does not tell',
  };
}

export const conformant = runReport(
  [
    greeting,
    ruleResult({
      id: 'errors.device-not-found',
      suite: 'errors',
      title: 'a missing device is reported as DeviceNotFound',
      status: 'waived',
      failures: [
        failure({
          key: 'errors.device-not-found/block_resize//class',
          message: 'block_resize answered GenericError for a device that does not exist',
          request: '{"execute":"block_resize","arguments":{"device":"none","size":1}}',
          response: `{"error": {"class": "GenericError", "desc": "Cannot find device='none' nor node-name=''"}}`,
          expected: 'an error of class DeviceNotFound',
          waiver: {
            reason: 'no QEMU since 2.0 sends the class that the documentation names',
            source: 'builtin',
          },
        }),
      ],
    }),
    ruleResult({
      id: 'errors.desc-text',
      suite: 'errors',
      title: 'the description of an error is a sentence',
      level: 'info',
      status: 'skipped',
      reason: 'it does not hold; rules of level info are shown and not judged',
      failures: [failure({ message: 'a description ends in a full stop', count: 2 })],
    }),
    needsYank,
    ruleResult({ ...needsYank, id: 'yank.unknown', title: 'an unknown instance is refused' }),
    ruleResult({ ...needsYank, id: 'yank.left-out', title: 'nobody asked for this', reason: NOT_SELECTED }),
  ],
  {
    verdictReason: 'all 2 rules that apply hold',
    coverage: {
      commands: { 'query-block': { succeeded: 12, refused: 4 } },
      events: { STOP: 1 },
      errorClasses: { GenericError: 5 },
      unseen: { events: ['RESUME'], errorClasses: ['CommandNotFound'] },
      arguments: argumentCoverage('quit', ['a.b: unknown member']),
    },
    unusedWaivers: ['errors.unplug: QEMU 5.2 sends no event (builtin)'],
  },
);

/** What a target could send to get out of the place where a report shows it. */
export const hostileText = [
  '\u001b[2J\u001b]0;owned\u0007 not ok 99 - forged',
  '  ...',
  'Bail out! # SKIP',
  '::error::forged ##[error]forged ##vso[task.complete]',
  '</failure>]]>&<script>alert(1)</script>',
  '| cell | ``` @someone http://example.org [a](http://example.org) ![i](x)',
  'tab\t cr\r ls\u2028 rlo\u202e nul\u0000 ffff\uffff lone\ud800 wide\u{1f600}',
].join('\n');

export const nonconformant = runReport(
  [
    greeting,
    ruleResult({
      id: 'args.unknown-member',
      suite: 'arguments',
      title: 'an unknown argument is refused',
      status: 'failed',
      requirement:
        'A command that is given an argument which its schema does not declare is refused with GenericError, ' +
        'and nothing of the request is carried out.',
      failures: [
        failure({ count: 12, path: 'arguments.x' }),
        failure({
          key: 'args.unknown-member/human-monitor-command/x/silence',
          message: 'human-monitor-command did not answer within 10 s',
          response: '',
        }),
      ],
    }),
    ruleResult({
      id: 'returns.typed',
      suite: 'arguments',
      title: 'a returned value has the type that the schema gives (# { | `)',
      status: 'failed',
      failures: [
        failure({
          key: 'returns.typed/query-name/name/type',
          message: `name is not a string: ${hostileText}`,
          response: hostileText,
          path: 'return["a\nb"]',
        }),
      ],
    }),
    ruleResult({
      id: 'args.depth',
      suite: 'arguments',
      title: 'deep nesting is refused',
      status: 'errored',
      reason: 'RangeError in the check: no such type "Foo"',
    }),
    needsYank,
  ],
  {
    verdict: 'nonconformant',
    verdictReason: '2 rules do not hold',
    target: {
      address: 'unix:/run/qmp.sock',
      greeting: hostileText,
      protocol: 'qmp',
      version: '10.0.0',
      package: hostileText,
    },
    coverage: {
      commands: { 'query-block': { succeeded: 12, refused: 4 } },
      events: { STOP: 1 },
      errorClasses: { GenericError: 5, [hostileText]: 1 },
    },
  },
);

export const notTestable = runReport(
  [greeting, needsYank].map((result) =>
    ruleResult({
      ...result,
      status: 'notRun',
      reason: 'no connection to unix:/run/qmp.sock: ENOENT',
      cases: 0,
    }),
  ),
  {
    complete: false,
    target: { address: 'unix:/run/qmp.sock', protocol: 'qmp' },
    schema: { source: 'none', commands: 0, events: 0 },
    durationMs: 12,
    verdict: 'not-testable',
    stopped: 'unreachable',
    verdictReason: 'no connection to unix:/run/qmp.sock (ENOENT): is QEMU running with -qmp?',
    coverage: { commands: {}, events: {}, errorClasses: {} },
  },
);

export const interrupted = runReport(
  [
    greeting,
    ruleResult({
      id: 'args.types',
      suite: 'arguments',
      title: 'an argument of the wrong type is refused',
      status: 'failed',
      failures: [
        failure({
          key: 'args.types|query-block||target-lost',
          message: 'the target went away: it ended, killed by SIGSEGV',
          response: '',
          expected: 'the target stays up',
        }),
      ],
    }),
    ruleResult({ ...needsYank, status: 'notRun', reason: 'the target went away before: it ended' }),
  ],
  {
    complete: false,
    verdict: 'nonconformant',
    stopped: 'target-lost',
    verdictReason: '1 rule does not hold; the target went away: it ended, killed by SIGSEGV',
    target: {
      command: 'qemu-system-x86_64 -machine none',
      protocol: 'qmp',
      version: '10.0.0',
      exit: 'killed by SIGSEGV',
      stderr: 'qemu: assertion failed: dev != NULL\n::error::forged',
    },
  },
);

export const samples = { conformant, nonconformant, notTestable, interrupted };
