/**
 * One fault for each way in which arguments can be wrong: they are accepted all the same, at the top, nested, or in one
 * single command.
 */
import {
  findCommand,
  typeClass,
  type CaseTemplate,
  type InvalidOperator,
  type TypeClass,
} from '../../generate/index.js';
import type { ValueProblem } from '../../judge/index.js';
import { Double, isObject } from '../../json/index.js';
import type { Command } from '../../qapi/index.js';
import type { Behaviour } from '../behaviour.js';
import type { Fault } from '../fault.js';

type Overlooks = (problem: ValueProblem) => boolean;

const isWrongType: Overlooks = ({ kind }) => kind === 'wrong-type';
const isDiscriminator: Overlooks = ({ role }) => role === 'discriminator';
/** Without a discriminator that selects a branch, the members of all of them are foreign. */
const isForeign: Overlooks = ({ kind, role }) => kind === 'unknown-member' && role === 'other-branch';

function lastName({ path }: ValueProblem): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

function isPlainUnknown({ kind, role }: ValueProblem): boolean {
  return kind === 'unknown-member' && role === undefined;
}

function unlisted(
  problem: ValueProblem,
  like: (found: string, listed: readonly string[]) => boolean,
): boolean {
  const { kind, role, found, type } = problem;
  if (kind !== 'unlisted-value' || role === 'discriminator' || typeof found !== 'string') return false;
  return like(found, type?.kind === 'enum' ? type.values.map(({ name }) => name) : []);
}

function isInteger({ type }: ValueProblem): boolean {
  return type !== undefined && typeClass(type) === 'integer';
}

/** Which problems a server does not see that lets an operator pass; and what that is called. */
const overlooked: Readonly<
  Record<
    Exclude<InvalidOperator, 'wrong-type' | 'arguments-unwanted' | 'arguments-wrong-type'>,
    readonly [title: string, overlooks: Overlooks]
  >
> = {
  'member-missing': [
    'a mandatory member may be left out',
    ({ kind, role }) => kind === 'missing-member' && role === undefined,
  ],
  'branch-member-missing': [
    'a mandatory member of a branch may be left out',
    ({ kind, role }) => kind === 'missing-member' && role === 'branch',
  ],
  'unknown-member': ['unknown members are passed over', isPlainUnknown],
  'unknown-member-proto': [
    'a member named __proto__ is passed over',
    (problem) => isPlainUnknown(problem) && lastName(problem) === '__proto__',
  ],
  'unknown-member-case': [
    'member names are compared without case',
    (problem) => isPlainUnknown(problem) && /[A-Z]/.test(lastName(problem)),
  ],
  'unknown-member-underscore': [
    'an underscore in a member name stands for a hyphen',
    (problem) => isPlainUnknown(problem) && /^[^_].*_/.test(lastName(problem)),
  ],
  'other-branch-member': ['members of other branches are passed over', isForeign],
  'null-for-value': [
    'null is accepted for anything',
    (problem) => isWrongType(problem) && problem.found === null && !isDiscriminator(problem),
  ],
  'array-for-scalar': [
    'an array with one element is taken for the element',
    (problem) => isWrongType(problem) && Array.isArray(problem.found) && !isDiscriminator(problem),
  ],
  'scalar-for-array': [
    'an element is taken for an array of one',
    (problem) => isWrongType(problem) && problem.type?.kind === 'array',
  ],
  'element-first': ['first elements of arrays are not checked', ({ path }) => path.endsWith('[0]')],
  'element-later': [
    'only the first elements of arrays are checked',
    ({ path }) => /\[[1-9]\d*\]$/.test(path),
  ],
  'enum-near-miss': [
    'values of enumerations may be longer or shorter than listed',
    (problem) =>
      unlisted(problem, (found, listed) =>
        listed.some((name) => found !== '' && (found.startsWith(name) || name.startsWith(found))),
      ),
  ],
  'enum-case': [
    'values of enumerations are compared without case',
    (problem) =>
      unlisted(problem, (found, listed) => listed.some((name) => found.toLowerCase() === name.toLowerCase())),
  ],
  'enum-empty': [
    'the empty string is a value of every enumeration',
    (problem) => unlisted(problem, (found) => found === ''),
  ],
  'enum-long': [
    'long strings are values of every enumeration',
    (problem) => unlisted(problem, (found) => found.length > 255),
  ],
  'integer-range': ['integers are cut to the width of their type', ({ kind }) => kind === 'out-of-range'],
  'integer-beyond-64-bits': [
    'integers beyond 64 bits are cut down',
    // A number beyond 64 bits is read as a double.
    ({ kind, found, type }) =>
      kind === 'wrong-type' &&
      type?.kind === 'builtin' &&
      type.range !== undefined &&
      found instanceof Double &&
      /^-?\d+$/.test(found.text),
  ],
  'integer-fraction': [
    'numbers with a fraction are rounded to integers',
    (problem) =>
      isWrongType(problem) &&
      isInteger(problem) &&
      problem.found instanceof Double &&
      !Number.isInteger(problem.found.value),
  ],
  'integer-notation': [
    'whole numbers written as doubles are taken for integers',
    (problem) =>
      isWrongType(problem) &&
      isInteger(problem) &&
      problem.found instanceof Double &&
      Number.isInteger(problem.found.value) &&
      /[.e]/i.test(problem.found.text),
  ],
  'discriminator-missing': [
    'a union may lack its discriminator',
    (problem) => (problem.kind === 'missing-member' && isDiscriminator(problem)) || isForeign(problem),
  ],
  'discriminator-unknown': [
    'a discriminator may be any string',
    (problem) => (problem.kind === 'unlisted-value' && isDiscriminator(problem)) || isForeign(problem),
  ],
  'discriminator-wrong-type': [
    'a discriminator may be of any JSON type but null',
    (problem) =>
      (isWrongType(problem) && isDiscriminator(problem) && problem.found !== null) || isForeign(problem),
  ],
  'discriminator-null': [
    'a discriminator may be null',
    (problem) =>
      (isWrongType(problem) && isDiscriminator(problem) && problem.found === null) || isForeign(problem),
  ],
  'discriminator-switched': [
    'members of all branches are accepted, and none is asked for',
    (problem) => isForeign(problem) || (problem.kind === 'missing-member' && problem.role === 'branch'),
  ],
  'alternate-wrong-type': ['an alternate takes every JSON type', ({ kind }) => kind === 'no-alternative'],
};

const DUE: readonly TypeClass[] = [
  'string',
  'boolean',
  'integer',
  'number',
  'null',
  'enum',
  'array',
  'object',
];

export const operatorFaults: readonly Fault[] = [
  ...Object.entries(overlooked).flatMap(([operator, [title, overlooks]]) =>
    everywhere(operator, title, operator as InvalidOperator, overlooks),
  ),
  ...DUE.flatMap((due) =>
    everywhere(
      `wrong-type-for-${due}`,
      `any JSON type is accepted where the type ${due} is due`,
      'wrong-type',
      (problem) =>
        isWrongType(problem) &&
        problem.found !== null &&
        !isDiscriminator(problem) &&
        problem.type !== undefined &&
        typeClass(problem.type) === due,
      (template) => template.due === due,
    ),
  ),
  ...acceptingArguments(),
];

/** The same fault at the top, nested, and in one single command. */
function everywhere(
  id: string,
  title: string,
  operator: InvalidOperator,
  overlooks: Overlooks,
  suits: (template: CaseTemplate) => boolean = () => true,
): Fault[] {
  return [
    accepting(`${id}-accepted-at-top`, `${title}, at the top of arguments`, (problem) =>
      isNested(problem) ? false : overlooks(problem),
    ),
    accepting(`${id}-accepted-nested`, `${title}, inside arguments`, (problem) =>
      isNested(problem) ? overlooks(problem) : false,
    ),
    accepting(
      `${id}-accepted-in-one-command`,
      `${title}, in one command of all`,
      (problem, command, one) => command.name === one(operator, suits) && overlooks(problem),
    ),
  ];
}

/** Deeper than one member; elements of an array at the top are still at the top. */
function isNested({ path }: ValueProblem): boolean {
  return path.includes('.');
}

/** Tells the one command that has the fault, by the schema that is served. */
type OneCommand = (
  operator: InvalidOperator,
  suits: (template: CaseTemplate) => boolean,
) => string | undefined;

/** Arguments with only such problems are accepted, and the command has no effect. */
function accepting(
  id: string,
  title: string,
  overlooks: (problem: ValueProblem, command: Command, one: OneCommand) => boolean,
): Fault {
  return {
    id,
    title,
    change: ({ argumentProblems, execute }: Behaviour) => {
      const accepted = new WeakSet();
      return {
        argumentProblems: (command, args, call) => {
          const problems = argumentProblems(command, args, call);
          if (problems.length === 0) return problems;
          const { schema } = call.session.machine;
          const one: OneCommand = (operator, suits) => findCommand(schema, id, operator, suits);
          const left = problems.filter((problem) => !overlooks(problem, command, one));
          // A model would not know what to do with such arguments.
          if (left.length === 0) accepted.add(call.request);
          return left;
        },
        execute: (command, args, call) =>
          accepted.has(call.request) ? { return: {} } : execute(command, args, call),
      };
    },
  };
}

/** Arguments as a whole: for commands that take none, and such that are no object. */
function acceptingArguments(): Fault[] {
  const takesNone = (command: Command): boolean => (command.arguments?.members.length ?? 0) === 0;
  const unwanted = (
    id: string,
    title: string,
    suits: (command: Command, one: OneCommand) => boolean,
  ): Fault => accepting(id, title, (_problem, command, one) => takesNone(command) && suits(command, one));
  const wrongType = (id: string, title: string, everywhere: boolean): Fault => ({
    id,
    title,
    change: ({ envelopeProblem, argumentProblems }) => ({
      envelopeProblem: (request, session) => {
        const { arguments: args, ...rest } = request;
        const { schema } = session.machine;
        // One that takes no arguments lacks none either.
        const concerned = everywhere || request.execute === findCommand(schema, id, 'arguments-unwanted');
        return envelopeProblem(args !== undefined && concerned && !isObject(args) ? rest : request, session);
      },
      argumentProblems: (command, args, call) =>
        argumentProblems(command, args === undefined || isObject(args) ? args : undefined, call),
    }),
  });
  return [
    unwanted('arguments-unwanted-accepted', 'commands without arguments take any', () => true),
    unwanted(
      'arguments-unwanted-accepted-in-one-command',
      'one command without arguments takes any',
      (command, one) => command.name === one('arguments-unwanted', () => true),
    ),
    wrongType('arguments-wrong-type-accepted', 'arguments may be anything', true),
    wrongType(
      'arguments-wrong-type-accepted-in-one-command',
      'the arguments of one command may be anything',
      false,
    ),
  ];
}
