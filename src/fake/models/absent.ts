/**
 * Commands on devices, jobs and nodes of a machine that has none: they answer what is documented, or what released
 * servers do, for a name that nothing bears.
 */
import type { ErrorClass } from '../../judge/index.js';
import type { JsonObject } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';

/** What a command needs and does not find. */
interface Absence {
  readonly errorClass: ErrorClass;
  /** Arguments that name nothing at all, or more than one thing: they are wrong as such. */
  readonly senseless?: (args: JsonObject) => boolean;
  /** Arguments with which the command needs nothing, and succeeds. */
  readonly content?: (args: JsonObject) => boolean;
}

/** What every listed command needs. */
function all(names: string, absence: Absence): [string, Absence][] {
  return names.split(/\s+/).map((name) => [name, absence]);
}

const notFound: Absence = { errorClass: 'DeviceNotFound' };
const notActive: Absence = { errorClass: 'DeviceNotActive' };
const generic: Absence = { errorClass: 'GenericError' };
/** An empty id leads to the root of all objects. */
const byId: Absence = { ...notFound, senseless: ({ id }) => id === '' };
/** A drive goes by its name or by the id of its device. */
const byNameOrId: Absence = {
  ...notFound,
  senseless: ({ device, id }) => (device === undefined) === (id === undefined) || id === '',
};
/** Without a device the first one will do. */
const ifNamed: Absence = { ...notFound, content: ({ device }) => device === undefined };
const ifSpice: Absence = { ...notFound, content: ({ protocol }) => protocol !== 'spice' };

const absences: readonly [string, Absence][] = [
  ...all('balloon query-balloon', notActive),
  ...all(
    `block-job-set-speed block-job-cancel block-job-pause block-job-resume block-job-complete block-job-finalize
    block-job-dismiss block-job-change`,
    notActive,
  ),
  ...all('job-cancel job-dismiss x-blockdev-change device_add', generic),
  ...all(
    `block-commit block-stream blockdev-backup blockdev-snapshot-sync change-backing-file change
    block-dirty-bitmap-add block-dirty-bitmap-remove block-dirty-bitmap-clear block-dirty-bitmap-enable
    block-dirty-bitmap-disable block-dirty-bitmap-merge x-debug-block-dirty-bitmap-sha256`,
    notFound,
  ),
  // The class is documented for devices, not for nodes.
  ...all('block_resize', { ...notFound, senseless: ({ device }) => device === undefined }),
  ...all(
    'eject blockdev-open-tray blockdev-close-tray blockdev-change-medium block_set_io_throttle',
    byNameOrId,
  ),
  ...all('blockdev-insert-medium blockdev-remove-medium block-latency-histogram-set device_del', byId),
  ...all('set_link netdev_del qom-get qom-set qom-list-properties device-list-properties', notFound),
  // One of the types is none that can be added.
  ...all('netdev_add', { ...notFound, content: ({ type }) => type !== 'none' }),
  ...all('qom-list-get', { ...notFound, content: ({ paths }) => Array.isArray(paths) && paths.length === 0 }),
  ...all('screendump input-send-event', ifNamed),
  ...all('set_password expire_password', ifSpice),
  ...all('query-rx-filter', { ...generic, content: ({ name }) => name === undefined }),
  // There is a group of options without a name.
  ...all('query-command-line-options', { ...generic, content: ({ option = '' }) => option === '' }),
  ...all('client_migrate_info', { ...ifSpice, ...notActive }),
];

export const absentDevices: Model = {
  handlers: Object.fromEntries(
    absences.map(([name, { errorClass, senseless, content }]): [string, Handler] => [
      name,
      (args) => {
        if (content?.(args) === true) return undefined;
        if (senseless?.(args) === true) throw new CommandError('this is no name of one device');
        throw new CommandError('this machine has no such device', errorClass);
      },
    ]),
  ),
};
