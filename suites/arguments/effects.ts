/**
 * Requests that are refused have no effect: what a query shows of the state stays as it was.
 */
import { anyError, namesIn, returns, returnsNames, success, type Outcome } from '../../src/judge/index.js';
import type { Json } from '../../src/json/index.js';
import type { Case } from '../../src/exchange/index.js';
import type { CheckRule } from '../../src/rules/index.js';
import { spec } from '../citations.js';

/** A query, what of its answer stays the same unless somebody changes it, and the commands that would. */
interface Shown {
  readonly query: { readonly execute: string; readonly arguments?: Json };
  readonly same: (before: Json) => Outcome;
  readonly commands: readonly string[];
}

/** Of a machine that runs much may change by itself, but not what there is. */
const named =
  (member: string) =>
  (before: Json): Outcome =>
    returnsNames(member, namesIn(before, member));

const SHOWN: readonly Shown[] = [
  {
    query: { execute: 'query-migrate-capabilities' },
    same: returns,
    commands: ['migrate-set-capabilities'],
  },
  { query: { execute: 'query-migrate-parameters' }, same: returns, commands: ['migrate-set-parameters'] },
  {
    query: { execute: 'query-chardev' },
    same: named('label'),
    commands: ['chardev-add', 'chardev-change', 'chardev-remove'],
  },
  {
    query: { execute: 'query-named-block-nodes' },
    same: named('node-name'),
    commands: ['blockdev-add', 'blockdev-reopen', 'blockdev-del'],
  },
  {
    query: { execute: 'qom-list', arguments: { path: '/objects' } },
    same: named('name'),
    commands: ['object-add', 'object-del'],
  },
  { query: { execute: 'query-yank' }, same: named('id'), commands: ['yank'] },
];

export const effects: readonly CheckRule[] = [
  {
    kind: 'check',
    id: 'args.refused-without-effect',
    title: 'a request with invalid arguments changes nothing that a query shows',
    level: 'must',
    since: '0.2.0',
    reference: spec('Compatibility Considerations', 'Validation errors are reported before any side effect.'),
    needs: { profile: 'safe' },
    detects: [
      'effect-of-refused-chardev',
      'effect-of-refused-node',
      'effect-of-refused-object',
      'effect-of-refused-capabilities',
      'effect-of-refused-parameters',
    ],
    check: async (probe) => {
      const { cases, info } = probe;
      if (cases === undefined) return probe.skip('there is no schema to make arguments from');
      const shown = SHOWN.filter(({ query }) => info.commands?.has(query.execute) === true);
      const qmp = await probe.negotiated();
      let asked = 0;
      for (const { query, same, commands } of shown) {
        for (const refused of commands.flatMap((command) => [...cases.refusedSamples(command)])) {
          // Asked anew each time: an effect of one request is no fault of those behind it.
          const before = await qmp.ask(query, success, anyError);
          if (before === undefined) break;
          asked += 1;
          await qmp.pipeline(followed(refused, query, same(before)));
        }
      }
      if (asked === 0) probe.skip('the target has none of the queries that would show an effect');
    },
  },
];

/** A request that must be refused, and behind it the query that shows whether it had an effect. */
function followed(refused: Case, query: Shown['query'], unchanged: Outcome): Case[] {
  const first: Case = { ...refused, oneOf: [success, anyError], isCleanup: true };
  const second: Case = { request: query, oneOf: [unchanged], follows: first };
  return [first, refused.about === undefined ? second : { ...second, about: refused.about }];
}
