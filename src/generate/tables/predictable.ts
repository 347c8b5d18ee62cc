/**
 * Commands whose outcome is known beforehand when they are given arguments that conform to their type and names that
 * nothing bears: on every QEMU, whatever machine it runs. So what is accepted can be judged, not only what is refused.
 *
 * Where the outcome is GenericError there is nothing to judge, because that is also how wrong types are refused; such
 * commands are left out, and GenericError is predicted only where other arguments of a command lead to something else.
 */
import { Double, isObject, member, type Json, type JsonObject } from '../../json/index.js';

/** What follows a request: a success, or an error of one of these classes. */
export type Prediction =
  { readonly success: true } | { readonly success: false; readonly classes: readonly string[] };

/** The outcome for arguments that conform to the command's type; undefined when it depends on the target. */
type Predict = (args: JsonObject) => Prediction | undefined;

const success: Prediction = { success: true };
const notFound: Prediction = { success: false, classes: ['DeviceNotFound'] };
const notActive: Prediction = { success: false, classes: ['DeviceNotActive'] };
const generic: Prediction = { success: false, classes: ['GenericError'] };

function always(prediction: Prediction): Predict {
  return () => prediction;
}

/** IDs and QOM paths: without a name, or with slashes in it, the tree of objects is walked, and something is found. */
function isPlainName(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[^/]+$/.test(value);
}

/** What looks an object up by a path or an ID of this member. */
function objectNotFound(name: string): Predict {
  return (args) => (isPlainName(member(args, name)) ? notFound : undefined);
}

/** What takes a drive by its name or by the ID of its device, and only one of them. */
const driveNotFound: Predict = (args) => {
  const has = (name: string) => Object.hasOwn(args, name);
  if (has('device') === has('id')) return generic;
  return has('device') || isPlainName(member(args, 'id')) ? notFound : undefined;
};

/** A name for something that is to be made. */
function isGoodId(value: Json | undefined): boolean {
  return typeof value === 'string' && /^[a-zA-Z][\w.-]{0,30}$/.test(value);
}

/** Does an object have no members but these? */
function hasOnly(object: JsonObject, ...names: readonly string[]): boolean {
  return Object.keys(object).every((name) => names.includes(name));
}

/** Parameters of migration whose value is not looked at in the light of others, with what they accept. */
const parameters: ReadonlyMap<string, (value: Json) => boolean | undefined> = new Map([
  ...['tls-creds', 'tls-hostname', 'tls-authz'].map((name) => [name, () => true] as const),
  ...['max-bandwidth', 'max-postcopy-bandwidth', 'avail-switchover-bandwidth', 'x-checkpoint-delay'].map(
    (name) => [name, within(0n, 2n ** 64n - 1n)] as const,
  ),
  ['downtime-limit', within(0n, 2_000_000n)],
  ['announce-initial', within(0n, 100_000n)],
  ['announce-max', within(0n, 100_000n)],
  ['announce-rounds', within(0n, 1000n)],
  ['announce-step', within(1n, 10_000n)],
  ['throttle-trigger-threshold', octetWithin(1n, 100n)],
  ['cpu-throttle-increment', octetWithin(1n, 99n)],
  ['multifd-channels', octetWithin(1n, 255n)],
  // Some releases do not look at what is above.
  ['multifd-zlib-level', (value) => (within(0n, 9n)(value) === true ? true : undefined)],
  ['multifd-zstd-level', (value) => (within(0n, 20n)(value) === true ? true : undefined)],
  ['cpu-throttle-tailslow', (value) => typeof value === 'boolean'],
  ['block-bitmap-mapping', (value) => (Array.isArray(value) && value.length === 0 ? true : undefined)],
]);

/** For integers without a sign: negative values are taken modulo 2^64 or as they are, which differs. */
function within(min: bigint, max: bigint): (value: Json) => boolean | undefined {
  return (value) => {
    if (typeof value !== 'number' && typeof value !== 'bigint') return undefined;
    return value < 0 ? undefined : value >= min && value <= max;
  };
}

/** For integers of eight bits: old releases cut off what is above. */
function octetWithin(min: bigint, max: bigint): (value: Json) => boolean | undefined {
  const inside = within(min, max);
  return (value) => (within(0n, 255n)(value) === true ? inside(value) : undefined);
}

const migrateSetParameters: Predict = (args) => {
  const verdicts = Object.entries(args).map(([name, value]) => parameters.get(name)?.(value));
  if (verdicts.includes(undefined)) return undefined;
  return verdicts.includes(false) ? generic : success;
};

/** In seconds, fractions allowed. */
const migrateSetDowntime: Predict = (args) => {
  const value = member(args, 'value');
  const seconds = value instanceof Double ? value.value : Number(value);
  return seconds >= 0 && seconds <= 2000 ? success : generic;
};

/** More rounds than a few go on while other things are tried. */
const announceSelf: Predict = (args) => {
  const rounds = member(args, 'rounds');
  return typeof rounds === 'number' && rounds >= 0 && rounds <= 5 ? success : undefined;
};

const yank: Predict = (args) => {
  const instances = member(args, 'instances');
  if (!Array.isArray(instances)) return undefined;
  if (instances.length === 0) return success;
  // The migration may be there.
  const isNamed = (instance: Json) => isObject(instance) && member(instance, 'type') !== 'migration';
  return instances.some(isNamed) ? notFound : undefined;
};

const objectAdd: Predict = (args) => {
  if (!isGoodId(member(args, 'id'))) return undefined;
  switch (member(args, 'qom-type')) {
    case 'authz-list':
      return hasOnly(args, 'qom-type', 'id', 'policy', 'rules') ? success : undefined;
    case 'authz-simple':
      return hasOnly(args, 'qom-type', 'id', 'identity') ? success : undefined;
    default:
      return undefined;
  }
};

const chardevAdd: Predict = (args) => {
  const backend = member(args, 'backend');
  if (!isGoodId(member(args, 'id')) || !isObject(backend) || member(backend, 'type') !== 'null')
    return undefined;
  const data = member(backend, 'data');
  return isObject(data) && hasOnly(data) ? success : undefined;
};

const netdevAdd: Predict = (args) =>
  isGoodId(member(args, 'id')) && member(args, 'type') === 'hubport' && hasOnly(args, 'id', 'type', 'hubid')
    ? success
    : undefined;

/** Refused without arguments that name something, which is not there. */
function withDevice(name: string, prediction: Prediction): Predict {
  return (args) => (Object.hasOwn(args, name) ? prediction : undefined);
}

const rows: ReadonlyMap<string, Predict> = new Map<string, Predict>([
  // What only asks.
  ['query-named-block-nodes', always(success)],
  ['query-block', always(success)],
  ['query-blockstats', always(success)],
  ['query-stats', always(success)],
  ['query-stats-schemas', always(success)],
  ['query-rx-filter', (args) => (hasOnly(args) ? success : generic)],
  [
    'query-command-line-options',
    // There is a group without a name.
    (args) => (hasOnly(args) ? success : member(args, 'option') === '' ? undefined : generic),
  ],
  ['qom-list-types', always(success)],
  ['qom-list', objectNotFound('path')],
  ['qom-get', objectNotFound('path')],
  ['qom-set', objectNotFound('path')],
  ['qom-list-properties', always(notFound)],
  ['device-list-properties', always(notFound)],
  [
    'qom-list-get',
    (args) => {
      const paths = member(args, 'paths');
      if (!Array.isArray(paths)) return undefined;
      if (paths.length === 0) return success;
      return paths.every(isPlainName) ? notFound : undefined;
    },
  ],
  ['guest-sync', always(success)],
  ['guest-sync-delimited', always(success)],
  // Block jobs.
  ...['set-speed', 'cancel', 'pause', 'resume', 'complete', 'finalize', 'dismiss', 'change'].map(
    (verb) => [`block-job-${verb}`, always(notActive)] as const,
  ),
  ['block-commit', always(notFound)],
  ['transaction', (args) => (isEmpty(member(args, 'actions')) ? success : undefined)],
  // Drives.
  ...[
    'eject',
    'blockdev-open-tray',
    'blockdev-close-tray',
    'blockdev-change-medium',
    'block_set_io_throttle',
  ].map((command) => [command, driveNotFound] as const),
  ['blockdev-insert-medium', objectNotFound('id')],
  ['blockdev-remove-medium', objectNotFound('id')],
  ['block-latency-histogram-set', objectNotFound('id')],
  // Devices and networks.
  ['device_del', objectNotFound('id')],
  ['set_link', always(notFound)],
  ['netdev_del', always(notFound)],
  ['netdev_add', netdevAdd],
  ['screendump', withDevice('device', notFound)],
  ['input-send-event', withDevice('device', notFound)],
  ['announce-self', announceSelf],
  // Only the fake has these: they do nothing.
  ...['integers', 'scalars', 'lists', 'tree', 'choice', 'nested', 'names', 'sum'].map(
    (what) => [`x-selftest-${what}`, always(success)] as const,
  ),
  // The rest.
  ['yank', yank],
  ['object-add', objectAdd],
  ['chardev-add', chardevAdd],
  ['set-action', always(success)],
  ['watchdog-set-action', always(success)],
  ['migrate-set-parameters', migrateSetParameters],
  [
    'migrate_set_speed',
    (args) => (within(0n, 2n ** 63n - 1n)(member(args, 'value') ?? null) === true ? success : undefined),
  ],
  ['migrate_set_downtime', migrateSetDowntime],
]);

function isEmpty(value: Json | undefined): boolean {
  return Array.isArray(value) && value.length === 0;
}

/**
 * What follows a command with these arguments on every QEMU that has it.
 *
 * @param args conform to the command's type; names of things that exist are nowhere in them, names of things to be made
 *   are new
 * @returns undefined when it depends on the target
 */
export function predicted(command: string, args: JsonObject): Prediction | undefined {
  return rows.get(command)?.(args);
}

/** The commands of which something is predicted. */
export const predictableCommands: readonly string[] = [...rows.keys()];
