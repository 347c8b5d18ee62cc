/**
 * One fault for each way in which valid arguments are refused: everywhere, nested only, or in one single command.
 */
import {
  findCommand,
  predicted,
  valuePoints,
  type ArgumentCase,
  type Operator,
  type InjectionPoint,
} from '../../generate/index.js';
import { isObject, jsonEqual, type Json } from '../../json/index.js';
import type { Command, Schema } from '../../qapi/index.js';
import { failure } from '../outcome.js';
import type { Fault } from '../fault.js';

/** What a server that has the fault does not take, and the operator by which it is seen. */
type Refuses = readonly [
  id: string,
  title: string,
  operator: Operator,
  refuses: (point: InjectionPoint) => boolean,
];

const text =
  (holds: (text: string) => boolean) =>
  ({ type, sample }: InjectionPoint): boolean =>
    type.kind === 'builtin' && type.name === 'str' && typeof sample === 'string' && holds(sample);

const array =
  (holds: (length: number) => boolean) =>
  ({ type, sample }: InjectionPoint): boolean =>
    type.kind === 'array' && Array.isArray(sample) && holds(sample.length);

const refusals: readonly Refuses[] = [
  [
    'optional-member',
    'optional members are refused',
    'optional-alone',
    ({ kind }) => kind.is === 'member' && kind.member.optional,
  ],
  [
    'last-branch',
    'the last value of a discriminator is refused',
    'branch',
    ({ kind }) =>
      kind.is === 'branch' && kind.tag.type.kind === 'enum' && kind.tag.type.values.at(-1) === kind.value,
  ],
  [
    'last-alternative',
    'the last branch of an alternate is refused',
    'alternative',
    ({ kind }) => kind.is === 'alternative' && kind.alternate.alternatives.at(-1) === kind.alternative,
  ],
  [
    'last-enum-value',
    'the last value of an enumeration is refused',
    'enum-value',
    ({ kind, type, sample }) =>
      type.kind === 'enum' &&
      !(kind.is === 'member' && kind.discriminator) &&
      type.values.length > 1 &&
      type.values.at(-1)?.name === sample,
  ],
  [
    'bound',
    'the largest integer of a type is refused',
    'boundary',
    ({ type, sample }) =>
      type.kind === 'builtin' && type.range !== undefined && jsonEqual(sample, type.range.max),
  ],
  ['empty-string', 'the empty string is refused', 'string', text((found) => found === '')],
  [
    'long-string',
    'strings of more than 255 bytes are refused',
    'string',
    text((found) => found.length > 255),
  ],
  [
    'non-ascii-string',
    'strings beyond ASCII are refused',
    'string',
    text((found) => /[^\0-\x7f]/.test(found)),
  ],
  ['empty-array', 'empty arrays are refused', 'array-length', array((length) => length === 0)],
  [
    'long-array',
    'arrays of more than two elements are refused',
    'array-length',
    array((length) => length > 2),
  ],
  [
    'true',
    'the boolean true is refused',
    'other-value',
    ({ type, sample }) => type.kind === 'builtin' && type.name === 'bool' && sample === true,
  ],
];

export const refusalFaults: readonly Fault[] = refusals.flatMap(([id, title, operator, refuses]) => [
  refusing(`${id}-refused`, title, refuses),
  refusing(
    `${id}-refused-nested`,
    `${title}, inside arguments`,
    (point) => point.depth > 1 && refuses(point),
  ),
  refusing(`${id}-refused-in-one-command`, `${title}, in one command of all`, refuses, ({ name }, schema) => {
    const shows = (made: ArgumentCase): boolean =>
      isPredictable(made) && hasPoint(made.command, made.arguments, refuses);
    return name === findCommand(schema, id, operator, undefined, shows);
  }),
]);

/** Would a refusal be noticed? */
function isPredictable({ command, arguments: args }: ArgumentCase): boolean {
  const prediction = predicted(command.name, args !== undefined && isObject(args) ? args : {});
  return prediction !== undefined && (prediction.success || !prediction.classes.includes('GenericError'));
}

function hasPoint(
  command: Command,
  args: Json | undefined,
  holds: (point: InjectionPoint) => boolean,
): boolean {
  return args !== undefined && valuePoints(command, args).some(holds);
}

function refusing(
  id: string,
  title: string,
  refuses: (point: InjectionPoint) => boolean,
  concerns: (command: Command, schema: Schema) => boolean = () => true,
): Fault {
  return {
    id,
    title,
    change: ({ execute }) => ({
      execute: (command, args, call) =>
        concerns(command, call.session.machine.schema) && hasPoint(command, args, refuses)
          ? failure('this server does not take such arguments')
          : execute(command, args, call),
    }),
  };
}
