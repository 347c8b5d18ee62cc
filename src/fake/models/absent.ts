/**
 * Commands on devices of a machine that has none: they answer what their documentation names for an unknown device.
 */
import type { ErrorClass } from '../../judge/index.js';
import type { JsonObject } from '../../json/index.js';
import type { Handler, Model } from '../model.js';
import { CommandError } from '../outcome.js';

const answers: Readonly<Record<string, ErrorClass>> = {
  balloon: 'DeviceNotActive',
  'query-balloon': 'DeviceNotActive',
  device_del: 'DeviceNotFound',
  eject: 'DeviceNotFound',
  set_link: 'DeviceNotFound',
  'qom-get': 'DeviceNotFound',
  'qom-set': 'DeviceNotFound',
  'block-job-set-speed': 'DeviceNotActive',
  'block-job-cancel': 'DeviceNotActive',
  block_resize: 'DeviceNotFound',
  'x-blockdev-change': 'GenericError',
  'job-cancel': 'GenericError',
  'job-dismiss': 'GenericError',
  device_add: 'GenericError',
};

/** Arguments that name no device at all, but the root of all objects, or nothing: they are wrong as such. */
const senseless: Readonly<Record<string, (args: JsonObject) => boolean>> = {
  device_del: ({ id }) => id === '',
  // The class is documented for devices, not for nodes.
  block_resize: ({ device }) => device === undefined,
  eject: ({ device, id }) => (device === undefined) === (id === undefined) || id === '',
};

export const absentDevices: Model = {
  handlers: Object.fromEntries(
    Object.entries(answers).map(([name, errorClass]): [string, Handler] => [
      name,
      (args) => {
        if (senseless[name]?.(args) === true) throw new CommandError('this is no name of one device');
        throw new CommandError('this machine has no such device', errorClass);
      },
    ]),
  ),
};
