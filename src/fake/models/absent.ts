/**
 * Commands on devices of a machine that has none: they answer what their documentation names for an unknown device.
 */
import type { ErrorClass } from '../../judge/index.js';
import type { Handler, Model } from '../machine.js';
import { CommandError } from '../outcome.js';

const answers: Readonly<Record<string, ErrorClass>> = {
  balloon: 'DeviceNotActive',
  'query-balloon': 'DeviceNotActive',
  device_del: 'DeviceNotFound',
  eject: 'DeviceNotFound',
  set_link: 'DeviceNotFound',
  'qom-list': 'DeviceNotFound',
  'qom-get': 'DeviceNotFound',
  'qom-set': 'DeviceNotFound',
  'block-job-set-speed': 'DeviceNotActive',
  'block-job-cancel': 'DeviceNotActive',
  block_resize: 'GenericError',
  'blockdev-reopen': 'GenericError',
  'x-blockdev-change': 'GenericError',
  'ringbuf-read': 'GenericError',
  'ringbuf-write': 'GenericError',
  'job-cancel': 'GenericError',
  'job-dismiss': 'GenericError',
  'object-del': 'GenericError',
  device_add: 'GenericError',
};

export const absentDevices: Model = {
  handlers: Object.fromEntries(
    Object.entries(answers).map(([name, errorClass]): [string, Handler] => [
      name,
      () => {
        throw new CommandError('this machine has no such device', errorClass);
      },
    ]),
  ),
};
