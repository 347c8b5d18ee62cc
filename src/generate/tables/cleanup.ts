/**
 * The requests which clean up after a success, so that thousands of cases leave nothing behind.
 */
import { isObject, jsonObject, member, type Json, type JsonObject } from '../../json/index.js';

/** A request without an id. */
export interface CleanupPair {
  readonly execute: string;
  readonly arguments: JsonObject;
}

/** Makes the arguments of the cleanup from those of the command; undefined when that cannot be done. */
type MakeArguments = (args: JsonObject) => JsonObject | undefined;

const rows: ReadonlyMap<string, readonly [execute: string, make: MakeArguments]> = new Map([
  ['object-add', ['object-del', keep('id')]],
  ['chardev-add', ['chardev-remove', keep('id')]],
  ['netdev_add', ['netdev_del', keep('id')]],
  ['device_add', ['device_del', keep('id')]],
  ['blockdev-add', ['blockdev-del', keep('node-name')]],
  ['block-export-add', ['block-export-del', also(keep('id'), { mode: 'hard' })]],
  ['nbd-server-add', ['nbd-server-remove', also(rename('name', 'name', 'device'), { mode: 'hard' })]],
  ['nbd-server-start', ['nbd-server-stop', always({})]],
  ['block-dirty-bitmap-add', ['block-dirty-bitmap-remove', keep('node', 'name')]],
  ['block-dirty-bitmap-disable', ['block-dirty-bitmap-enable', keep('node', 'name')]],
  [
    'block-set-write-threshold',
    ['block-set-write-threshold', also(keep('node-name'), { 'write-threshold': 0 })],
  ],
  ['block-latency-histogram-set', ['block-latency-histogram-set', keep('id')]],
  ['blockdev-backup', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['blockdev-mirror', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['drive-backup', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['drive-mirror', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['block-commit', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['block-stream', ['block-job-cancel', also(rename('device', 'job-id', 'device'), { force: true })]],
  ['blockdev-create', ['job-dismiss', rename('id', 'job-id')]],
  ['x-blockdev-amend', ['job-dismiss', rename('id', 'job-id')]],
  ['snapshot-save', ['job-dismiss', rename('id', 'job-id')]],
  ['snapshot-load', ['job-dismiss', rename('id', 'job-id')]],
  ['snapshot-delete', ['job-dismiss', rename('id', 'job-id')]],
  ['blockdev-open-tray', ['blockdev-close-tray', keep('device', 'id')]],
  ['blockdev-insert-medium', ['blockdev-remove-medium', keep('id')]],
  ['getfd', ['closefd', keep('fdname')]],
  ['add-fd', ['remove-fd', keep('fdset-id')]],
  ['migrate', ['migrate_cancel', always({})]],
  ['migrate-set-capabilities', ['migrate-set-capabilities', capabilitiesOff]],
  ['replay-break', ['replay-delete-break', always({})]],
  ['set-vcpu-dirty-limit', ['cancel-vcpu-dirty-limit', maybe('cpu-index')]],
  [
    'trace-event-set-state',
    ['trace-event-set-state', opposite('enable', keep('name', 'vcpu', 'ignore-unavailable'))],
  ],
  ['set_link', ['set_link', also(keep('name'), { up: true })]],
  ['stop', ['cont', always({})]],
  [
    'set-action',
    ['set-action', always({ reboot: 'reset', shutdown: 'poweroff', panic: 'shutdown', watchdog: 'reset' })],
  ],
  ['watchdog-set-action', ['watchdog-set-action', always({ action: 'reset' })]],
]);

/**
 * The request that cleans up after the success of a command.
 *
 * @param args the arguments that the command was given
 * @returns undefined when there is nothing to clean up, or no way
 */
export function cleanupOf(command: string, args: JsonObject): CleanupPair | undefined {
  const row = rows.get(command);
  if (row === undefined) return undefined;
  const [execute, make] = row;
  const made = make(args);
  return made === undefined ? undefined : { execute, arguments: made };
}

/** All commands with a cleanup, and the command which it executes. */
export const cleanupPairs: readonly (readonly [command: string, cleanup: string])[] = [...rows].map(
  ([command, [execute]]) => [command, execute],
);

/** These members, as far as they are there. */
function maybe(...names: readonly string[]): (args: JsonObject) => JsonObject {
  return (args) =>
    jsonObject(names.filter((name) => Object.hasOwn(args, name)).map((name) => [name, args[name] as Json]));
}

/** The same, but one must be there. */
function keep(...names: readonly string[]): MakeArguments {
  const some = maybe(...names);
  return (args) => (names.some((name) => Object.hasOwn(args, name)) ? some(args) : undefined);
}

/** The first of the members that is there, under another name. */
function rename(to: string, ...names: readonly string[]): MakeArguments {
  return (args) => {
    const name = names.find((candidate) => Object.hasOwn(args, candidate));
    return name === undefined ? undefined : jsonObject([[to, args[name] as Json]]);
  };
}

function always(args: Readonly<Record<string, Json>>): MakeArguments {
  return () => jsonObject(Object.entries(args));
}

function also(make: MakeArguments, more: Readonly<Record<string, Json>>): MakeArguments {
  return (args) => {
    const made = make(args);
    return made && jsonObject([...Object.entries(made), ...Object.entries(more)]);
  };
}

/** With a truth value turned round. */
function opposite(name: string, make: MakeArguments): MakeArguments {
  return (args) => also(make, { [name]: member(args, name) !== true })(args);
}

/** Every migration capability is off to begin with. */
function capabilitiesOff(args: JsonObject): JsonObject | undefined {
  const capabilities = member(args, 'capabilities');
  if (!Array.isArray(capabilities) || capabilities.length === 0) return undefined;
  const off = capabilities
    .filter(isObject)
    .map((entry) => jsonObject([...Object.entries(entry), ['state', false]]));
  return jsonObject([['capabilities', off]]);
}
