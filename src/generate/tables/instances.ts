/**
 * Which error class is due when a command is given the name of something that does not exist.
 *
 * Where documentation promises a class it is due, whatever released binaries answer: their deviations are waivers.
 * Where it promises none, but all binaries that were looked at (5.2, 7.2, 10.0, 11.1) answer with a class of its own,
 * that is `observed`. GenericError is never due: it is what remains.
 */
import { isObject, jsonObject, type Json, type JsonObject } from '../../json/index.js';
import type { Releases } from '../../qapi/index.js';

/** A request that names something; its releases are those that promise the class. */
export interface InstanceRow extends Releases {
  readonly command: string;
  /** The path of the member that names it, as in `instances.id`; absent when nothing is named. */
  readonly member?: string;
  /** All arguments; {@link NAME} stands for the name. */
  readonly arguments: Readonly<Record<string, Json>>;
  /** The classes that are due; one of them has to come. */
  readonly classes: readonly string[];
  readonly basis: 'documented' | 'observed';
  /** What the target must not have, or something is found after all. */
  readonly without?: 'spice' | 'balloon';
}

/** In the arguments of a row: the name of something that does not exist. */
export const NAME = '$name';

type Row = Omit<InstanceRow, 'basis'>;

/** A command that finds nothing by a member of its arguments. */
function notFound(command: string, member: string, more: Readonly<Record<string, Json>> = {}): Row {
  return { command, member, arguments: { [member]: NAME, ...more }, classes: ['DeviceNotFound'] };
}

function notActive(command: string, member: string, more: Readonly<Record<string, Json>> = {}): Row {
  return { ...notFound(command, member, more), classes: ['DeviceNotActive'] };
}

const noLimits = { bps: 0, bps_rd: 0, bps_wr: 0, iops: 0, iops_rd: 0, iops_wr: 0 };
/** Whether KVM is fit for a balloon is looked at before the balloon. */
const noBalloon = { classes: ['DeviceNotActive', 'KVMMissingCap'], without: 'balloon' } as const;

const documented: readonly Row[] = [
  notFound('block_resize', 'device', { size: 0 }),
  notFound('blockdev-snapshot-sync', 'device', { 'snapshot-file': 'none' }),
  notFound('change-backing-file', 'device', { 'image-node-name': NAME, 'backing-file': 'none' }),
  notFound('block-commit', 'device'),
  notFound('blockdev-backup', 'device', { target: NAME, sync: 'full' }),
  notFound('block-dirty-bitmap-add', 'node', { name: 'none' }),
  notFound('block-dirty-bitmap-remove', 'node', { name: 'none' }),
  notFound('block-dirty-bitmap-clear', 'node', { name: 'none' }),
  notFound('block-dirty-bitmap-enable', 'node', { name: 'none' }),
  notFound('block-dirty-bitmap-disable', 'node', { name: 'none' }),
  notFound('block-dirty-bitmap-merge', 'node', { target: 'none', bitmaps: [] }),
  notFound('x-debug-block-dirty-bitmap-sha256', 'node', { name: 'none' }),
  notFound('block-stream', 'device'),
  notActive('block-job-set-speed', 'device', { speed: 0 }),
  notActive('block-job-cancel', 'device'),
  notActive('block-job-pause', 'device'),
  notActive('block-job-resume', 'device'),
  notActive('block-job-complete', 'device'),
  notFound('eject', 'device'),
  notFound('block_set_io_throttle', 'device', noLimits),
  { command: 'balloon', arguments: { value: 1 }, ...noBalloon },
  { command: 'query-balloon', arguments: {}, ...noBalloon },
  notFound('set_link', 'name', { up: true }),
  // The type exists, but is no backend.
  { ...notFound('netdev_add', 'id', { type: 'none' }), member: 'type' },
  notFound('netdev_del', 'id'),
  notFound('device_del', 'id'),
  {
    command: 'set_password',
    arguments: { protocol: 'spice', password: '' },
    classes: ['DeviceNotFound'],
    without: 'spice',
  },
  {
    command: 'expire_password',
    arguments: { protocol: 'spice', time: 'now' },
    classes: ['DeviceNotFound'],
    without: 'spice',
  },
  {
    command: 'yank',
    member: 'instances.id',
    arguments: { instances: [{ type: 'chardev', id: NAME }] },
    classes: ['DeviceNotFound'],
  },
  {
    command: 'yank',
    member: 'instances.node-name',
    arguments: { instances: [{ type: 'block-node', 'node-name': NAME }] },
    classes: ['DeviceNotFound'],
  },
  { ...notFound('change', 'device', { target: 'none' }), until: '6.0' },
];

const observed: readonly Row[] = [
  notFound('eject', 'id'),
  notFound('block_set_io_throttle', 'id', noLimits),
  notFound('blockdev-open-tray', 'id'),
  notFound('blockdev-close-tray', 'id'),
  notFound('blockdev-insert-medium', 'id', { 'node-name': NAME }),
  notFound('blockdev-remove-medium', 'id'),
  notFound('blockdev-change-medium', 'id', { filename: 'none' }),
  notFound('block-latency-histogram-set', 'id'),
  notFound('screendump', 'device', { filename: 'none' }),
  notFound('input-send-event', 'device', { events: [] }),
  notFound('qom-list', 'path'),
  notFound('qom-get', 'path', { property: 'none' }),
  notFound('qom-set', 'path', { property: 'none', value: null }),
  { ...notFound('qom-list-get', 'paths'), arguments: { paths: [NAME] } },
  notFound('qom-list-properties', 'typename'),
  notFound('device-list-properties', 'typename'),
  notActive('block-job-finalize', 'id'),
  notActive('block-job-dismiss', 'id'),
  notActive('block-job-change', 'id', { type: 'mirror', 'copy-mode': 'background' }),
  {
    command: 'client_migrate_info',
    arguments: { protocol: 'spice', hostname: '127.0.0.1' },
    classes: ['DeviceNotActive'],
    without: 'spice',
  },
];

/** All rows; a command has several when there are several ways to name something. */
export const instanceRows: readonly InstanceRow[] = [
  ...documented.map((row): InstanceRow => ({ ...row, basis: 'documented' })),
  ...observed.map((row): InstanceRow => ({ ...row, basis: 'observed' })),
];

/** The arguments of a row's request, for the name of something that does not exist. */
export function instanceArguments(row: InstanceRow, name: string): JsonObject {
  return withName(row.arguments, name);
}

function withName(args: Readonly<Record<string, Json>>, name: string): JsonObject {
  return jsonObject(Object.entries(args).map(([member, value]) => [member, named(value, name)]));
}

function named(value: Json, name: string): Json {
  if (value === NAME) return name;
  if (Array.isArray(value)) return value.map((element) => named(element, name));
  return isObject(value) ? withName(value, name) : value;
}
