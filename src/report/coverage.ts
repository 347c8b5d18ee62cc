import type { ElementKind } from '../generate/index.js';
import type { ArgumentCoverage, CommandArguments, WhyNot } from '../result/index.js';
import { grouped, plural } from '../text.js';

/** What people call the kinds of elements; in the order in which they are named. */
const KIND_WORDS: readonly (readonly [kind: ElementKind, words: string])[] = [
  ['enumValues', 'enum values'],
  ['branches', 'branches'],
  ['optionalMembers', 'optional members'],
  ['alternatives', 'alternate branches'],
  ['boundaries', 'boundaries'],
];

const WHY_WORDS: Readonly<Record<WhyNot, string>> = {
  profile: 'not allowed by the profile',
  condition: 'not in the target',
  depth: 'too deep',
  selection: 'not selected',
  shard: 'in other shards',
  harm: 'with side effects',
  'target-died': 'after the target died of their like',
  dropped: 'not confirmed by the re-check',
  unanswered: 'without an answer',
};

/** One line of a summary. */
export interface CoverageLine {
  readonly label: string;
  readonly text: string;
  /** Speaks against the target, or against qmpspec. */
  readonly bad?: boolean;
}

/** How much of the arguments was reached, in a few lines. Nothing in them comes from a target but names. */
export function coverageLines({ totals, dropped, left, unknown }: ArgumentCoverage): CoverageLine[] {
  const { commands, positive, negative, unreached } = totals;
  const kinds = KIND_WORDS.flatMap(([kind, words]) => {
    const tally = positive.kinds[kind];
    return tally === undefined ? [] : [`${words} ${of(tally)}`];
  });
  const why = Object.entries(unreached).map(
    ([reason, sides]) => `${grouped(sides.positive + sides.negative)} ${WHY_WORDS[reason as WhyNot]}`,
  );
  const unswept = left.map(({ count, reason }) => `${plural(count, 'more command')}: ${reason}`);
  const wrongly = negative.reached - negative.refused;
  return [
    {
      label: 'commands',
      text:
        `${grouped(commands.swept)}: valid arguments accepted by ${grouped(commands.accepted)}, ` +
        `refused by ${grouped(commands.refusedOnly)}, not sent to ${grouped(commands.notSent)}`,
    },
    {
      label: 'valid',
      text: `${of(positive)} reached, ${grouped(positive.accepted)} accepted`,
    },
    ...(kinds.length === 0 ? [] : [{ label: 'of these', text: kinds.join(', ') }]),
    {
      label: 'invalid',
      text: `${of(negative)} reached, ${wrongly === 0 ? 'all refused' : `${grouped(wrongly)} not refused`}`,
      ...(wrongly === 0 ? {} : { bad: true }),
    },
    ...(why.length === 0 ? [] : [{ label: 'unreached', text: why.join(', ') }]),
    ...unswept.map((text) => ({ label: 'left out', text })),
    ...(unknown === undefined ? [] : [{ label: 'unknown', text: unknown }]),
    ...(dropped.count === 0
      ? []
      : [
          {
            label: 'dropped',
            text: `${plural(dropped.count, 'case')} of our own making ${dropped.count === 1 ? 'was' : 'were'} wrong: ${dropped.cases
              .slice(0, DROPPED_SHOWN)
              .map(({ name }) => name)
              .join(', ')}`,
            bad: true,
          },
        ]),
  ];
}

/** Commands of which something has to be said, by what it is; those of one list share it. */
export function remarkableCommands({
  commands,
}: ArgumentCoverage): { readonly title: string; readonly names: readonly string[] }[] {
  const all = Object.entries(commands);
  const never = all.filter(([, { neverAccepted }]) => neverAccepted === true);
  const sent = never.filter(([, command]) => wasSent(command));
  const lists = [
    { title: 'accepted no valid arguments', names: sent.map(([name]) => name) },
    {
      title: 'got no valid arguments',
      names: never.filter(([, command]) => !wasSent(command)).map(([name]) => name),
    },
    { title: 'covered least', names: leastCovered(all) },
  ];
  return lists.filter(({ names }) => names.length > 0);
}

const DROPPED_SHOWN = 3;
const LEAST = 5;

/** Of the commands that were sent valid arguments, those of which the smallest part was reached. */
function leastCovered(commands: readonly (readonly [string, CommandArguments])[]): string[] {
  return commands
    .filter(([, command]) => wasSent(command) && command.positive.reached < command.positive.total)
    .map(([name, { positive }]) => ({ name, positive, share: positive.reached / positive.total }))
    .sort((a, b) => a.share - b.share || (a.name < b.name ? -1 : 1))
    .slice(0, LEAST)
    .map(({ name, positive }) => `${name} (${of(positive)})`);
}

function wasSent({ positive: { requests } }: CommandArguments): boolean {
  return requests.absent + requests.present > 0;
}

function of({ reached, total }: { readonly reached: number; readonly total: number }): string {
  return `${grouped(reached)} of ${grouped(total)}`;
}
