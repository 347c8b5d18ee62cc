import { isObject, jsonEqual, member, writeJson, type Json, type JsonObject } from '../../json/index.js';
import type { Fault } from '../fault.js';
import type { MachineState } from '../behaviour.js';
import { failure, type CommandOutcome } from '../outcome.js';
import { changesOutcome, overlooks, replacesExecution, withClass } from './change.js';

const notFound = failure('there is no such instance', 'DeviceNotFound');
const done: CommandOutcome = { return: {} };

function keysOf(args: JsonObject): readonly Json[] {
  const instances = member(args, 'instances');
  return Array.isArray(instances) ? instances : [];
}

function isOfType(key: Json, type: string): boolean {
  return isObject(key) && key.type === type;
}

/** Executes a command of the machine's own accord. */
function run(machine: MachineState, name: string, args: JsonObject): void {
  const command = machine.schema.commands.get(name);
  if (command !== undefined) void machine.execute(command, args);
}

/** A fault that yanks in its own way; undefined leaves it to the reference. */
function yanks(
  id: string,
  title: string,
  instead: (keys: readonly Json[], machine: MachineState) => CommandOutcome | undefined,
): Fault {
  return replacesExecution(id, title, 'yank', (args, { session }) => instead(keysOf(args), session.machine));
}

/** A fault that changes the list that query-yank returns. */
function changesList(id: string, title: string, change: (list: readonly Json[]) => Json): Fault {
  return changesOutcome(id, title, ['query-yank'], (outcome) =>
    'return' in outcome && Array.isArray(outcome.return) ? { return: change(outcome.return) } : outcome,
  );
}

const isOurs = (key: Json, type: string): boolean =>
  isOfType(key, type) && !writeJson(key).includes('compat_monitor');

/** A fault by which an instance stays in the list when its owner goes. */
function staysListed(
  id: string,
  title: string,
  command: string,
  key: (args: JsonObject) => JsonObject,
): Fault {
  return changesOutcome(id, title, [command], (outcome, args, { session }) => {
    if ('return' in outcome) session.machine.yank.register({ key: key(args), yank: () => undefined });
    return outcome;
  });
}

export const yankFaults: readonly Fault[] = [
  changesList('query-yank-untyped', 'query-yank returns an object', () => ({})),
  changesList('query-yank-member-missing', 'query-yank leaves the id of chardevs out', (list) =>
    list.map((key) => (isOfType(key, 'chardev') ? { type: 'chardev' } : key)),
  ),
  overlooks(
    'query-yank-arguments-accepted',
    'query-yank takes any arguments',
    (_problem, { name }) => name === 'query-yank',
  ),
  {
    id: 'yank-not-oob',
    title: 'yank and query-yank are refused out of band',
    change: ({ oobProblem }) => ({
      oobProblem: (command) =>
        ['yank', 'query-yank'].includes(command.name) ? failure('not out of band') : oobProblem(command),
    }),
  },
  yanks('yank-empty-refused', 'yank refuses an empty list', (keys) =>
    keys.length === 0 ? failure('nothing to yank') : undefined,
  ),
  changesOutcome(
    'yank-unknown-generic-error',
    'an unknown instance gives GenericError',
    ['yank'],
    (outcome) => withClass(outcome, 'GenericError'),
  ),
  changesOutcome(
    'yank-unknown-node-generic-error',
    'an unknown block node gives GenericError',
    ['yank'],
    (outcome, args) =>
      keysOf(args).some((key) => isOfType(key, 'block-node')) ? withClass(outcome, 'GenericError') : outcome,
  ),
  yanks('yank-unknown-accepted', 'an unknown chardev is passed over', (keys, machine) =>
    keys.length === 1 && keys.every((key) => isOfType(key, 'chardev') && machine.yank.find(key) === undefined)
      ? done
      : undefined,
  ),
  yanks(
    'yank-unknown-migration-accepted',
    'a migration that is not under way is passed over',
    (keys, machine) =>
      keys.length > 0 &&
      keys.every((key) => isOfType(key, 'migration') && machine.yank.find(key) === undefined)
        ? done
        : undefined,
  ),
  yanks(
    'yank-last-unknown-accepted',
    'unknown instances are passed over when there are several',
    (keys, machine) =>
      keys.length > 1 && keys.every((key) => machine.yank.find(key) === undefined) ? done : undefined,
  ),
  overlooks(
    'yank-checks-first-instance-only',
    'only the first instance is checked by type',
    ({ path }, { name }) => name === 'yank' && /^instances\[[1-9]/.test(path),
  ),
  overlooks(
    'empty-branch-member-accepted',
    'a migration instance may have any members',
    ({ kind, path }, { name }) =>
      name === 'yank' && kind === 'unknown-member' && path.startsWith('instances[0].'),
  ),
  {
    id: 'yank-malformed-device-not-found',
    title: 'a malformed yank gives DeviceNotFound',
    change: ({ refuseArguments }) => ({
      refuseArguments: (command, problem) =>
        command.name === 'yank' ? notFound : refuseArguments(command, problem),
    }),
  },
  changesList('chardev-not-registered', 'socket chardevs are not listed', (list) =>
    list.filter((key) => !isOurs(key, 'chardev')),
  ),
  staysListed(
    'chardev-not-unregistered',
    'a chardev that was removed stays listed',
    'chardev-remove',
    ({ id }) => ({
      type: 'chardev',
      id: id ?? '',
    }),
  ),
  yanks('yank-chardev-without-effect', 'yanking a chardev does nothing', (keys, machine) =>
    keys.some((key) => isOfType(key, 'chardev')) && keys.every((key) => machine.yank.find(key) !== undefined)
      ? done
      : undefined,
  ),
  changesOutcome(
    'yank-chardev-removes',
    'yanking a chardev removes it',
    ['yank'],
    (outcome, args, { session }) => {
      const [key] = keysOf(args);
      if ('return' in outcome && key !== undefined && isObject(key) && key.type === 'chardev') {
        run(session.machine, 'chardev-remove', { id: key.id ?? '' });
      }
      return outcome;
    },
  ),
  replacesExecution(
    'yank-oob-without-effect',
    'a yank out of band does nothing',
    'yank',
    (args, { oob, session }) =>
      oob && keysOf(args).every((key) => session.machine.yank.find(key) !== undefined) ? done : undefined,
  ),
  changesOutcome(
    'every-chardev-yankable',
    'chardevs of every backend are listed',
    ['chardev-add'],
    (outcome, args, { session }) => {
      const key = { type: 'chardev', id: args.id ?? '' };
      if ('return' in outcome && session.machine.yank.find(key) === undefined) {
        session.machine.yank.register({ key, yank: () => undefined });
      }
      return outcome;
    },
  ),
  yanks('yank-not-atomic', 'instances are yanked up to the first unknown one', (keys, machine) => {
    for (const key of keys) {
      const instance = machine.yank.find(key);
      if (instance === undefined) return notFound;
      instance.yank();
    }
    return done;
  }),
  yanks('yank-not-atomic-backwards', 'known instances behind an unknown one are yanked', (keys, machine) => {
    const instances = keys.map((key) => machine.yank.find(key));
    const unknown = instances.indexOf(undefined);
    for (const instance of instances.slice(unknown + 1)) if (unknown >= 0) instance?.yank();
    return undefined;
  }),
  {
    id: 'yank-before-check',
    title: 'known instances are yanked although the request is malformed',
    change: ({ argumentProblems }) => ({
      argumentProblems: (command, args, call) => {
        if (command.name === 'yank' && args !== undefined && isObject(args)) {
          for (const key of keysOf(args)) call.session.machine.yank.find(withoutExtras(key))?.yank();
        }
        return argumentProblems(command, args, call);
      },
    }),
  },
  yanks('yank-duplicate-refused', 'yank refuses a list with an instance twice', (keys) =>
    keys.some((key, index) => keys.slice(0, index).some((other) => jsonEqual(other, key)))
      ? failure('named twice')
      : undefined,
  ),
  changesList('node-not-registered', 'NBD nodes are not listed', (list) =>
    list.filter((key) => !isOfType(key, 'block-node')),
  ),
  staysListed('node-not-unregistered', 'a node that was deleted stays listed', 'blockdev-del', (args) => ({
    type: 'block-node',
    'node-name': args['node-name'] ?? '',
  })),
  yanks('yank-node-without-effect', 'yanking a block node does nothing', (keys, machine) =>
    keys.some((key) => isOfType(key, 'block-node')) &&
    keys.every((key) => machine.yank.find(key) !== undefined)
      ? done
      : undefined,
  ),
  changesOutcome(
    'every-node-yankable',
    'nodes of every driver are listed',
    ['blockdev-add'],
    (outcome, args, { session }) => {
      const key = { type: 'block-node', 'node-name': args['node-name'] ?? '' };
      if ('return' in outcome && session.machine.yank.find(key) === undefined) {
        session.machine.yank.register({ key, yank: () => undefined });
      }
      return outcome;
    },
  ),
  changesList('migration-not-registered', 'a migration is not listed', (list) =>
    list.filter((key) => !isOfType(key, 'migration')),
  ),
  yanks('yank-migration-without-effect', 'yanking a migration does nothing', (keys, machine) =>
    keys.some((key) => isOfType(key, 'migration')) &&
    keys.every((key) => machine.yank.find(key) !== undefined)
      ? done
      : undefined,
  ),
  yanks('yank-migration-cancels', 'yanking a migration cancels it', (keys, machine) => {
    if (
      !keys.some((key) => isOfType(key, 'migration')) ||
      keys.some((key) => machine.yank.find(key) === undefined)
    )
      return undefined;
    run(machine, 'migrate_cancel', {});
    return done;
  }),
];

function withoutExtras(key: Json): Json {
  if (!isObject(key)) return key;
  return key.type === 'chardev' ? { type: 'chardev', id: key.id ?? '' } : key;
}
