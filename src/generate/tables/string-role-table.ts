/**
 * What the strings in the arguments of commands are for: every string of QEMU 5.2 to 11.1, its storage daemon and the
 * guest agent has been looked at.
 */
import type { Places } from './place.js';
import type { StringRole } from './string-role.js';
import { words } from './words.js';

export interface StringRow extends Places {
  readonly role: StringRole;
}

/** Commands that describe block nodes, with other nodes inside them. */
export const BLOCKDEV = words('blockdev-add blockdev-reopen x-blockdev-reopen blockdev-create');
export const CHARDEV = words('chardev-add chardev-change');

function withRole(role: StringRole, rows: readonly Places[]): StringRow[] {
  return rows.map((row) => ({ role, ...row }));
}

const instances = withRole('instance', [
  {
    members:
      words(`id device node node-name base base-node top top-node child parent iothread overlay replaces chardev
      netdev memdev throttle-group pr-manager tls-creds tls-authz key-secret password-secret proxy-password-secret
      cookie-secret new-secret old-secret top-id typename implements driver bus property fdname interfaces option
      image-node-name target name bitmap bitmaps bitmaps.name image raw test backing data-file children extents`),
  },
  {
    since: '7.2',
    members:
      words(`bottom canbus devices devid display indev outdev notify_dev primary_in secondary_in keyid passwordid
      prealloc-context providers.names vcpus vmstate`),
  },
  { since: '10.0', members: words('chardevs header pci-bus pci-dev') },
  { since: '10.2', members: ['paths'] },
  // Descriptors: never a number, which would be one of the target's own.
  { members: words('str fd fds vhostfd vhostfds') },
  { since: '10.0', members: ['sock-fds'] },
  // Interfaces of the host.
  { members: words('ifname br devname') },
  { since: '7.2', members: ['if'] },
  { since: '10.2', members: words('interface outbound-if4 outbound-if6') },
  // A protocol of add_client that is none is the name of a character device.
  { commands: ['add_client'], members: ['protocol'] },
  { until: '6.0', commands: ['object-add'], members: ['qom-type'] },
  { commands: ['x-blockdev-amend'], members: ['secret'] },
  { commands: ['guest-fsfreeze-freeze-list'], members: ['mountpoints'] },
  { commands: BLOCKDEV, members: words('file log') },
  {
    commands: words(`qom-get qom-list qom-set x-query-virtio-status x-query-virtio-queue-element
      x-query-virtio-queue-status x-query-virtio-vhost-queue-status cxl-add-dynamic-capacity
      cxl-release-dynamic-capacity cxl-inject-correctable-error cxl-inject-dram-event cxl-inject-general-media-event
      cxl-inject-memory-module-event cxl-inject-poison cxl-inject-uncorrectable-errors`),
    members: ['path'],
  },
  {
    commands: words(`guest-set-user-password guest-ssh-add-authorized-keys guest-ssh-get-authorized-keys
      guest-ssh-remove-authorized-keys`),
    members: ['username'],
  },
]);

const newNames = withRole('new-name', [
  { commands: words('object-add chardev-add netdev_add device_add block-export-add'), members: ['id'] },
  { commands: ['blockdev-add', 'blockdev-create'], members: ['node-name'] },
  { members: words('job-id filter-node-name snapshot-node-name') },
  {
    commands: words('block-dirty-bitmap-add nbd-server-add block-export-add blockdev-snapshot-internal-sync'),
    members: ['name'],
  },
  { commands: ['block_set_io_throttle'], members: ['group'] },
  { commands: ['snapshot-save'], members: ['tag'] },
  { commands: ['getfd', 'get-win32-socket'], members: ['fdname'] },
]);

const files = withRole('file', [
  {
    members:
      words(`filename snapshot-file backing-file logfile out in path config conf vhostdev sock helper script
      downscript`),
  },
  { since: '7.2', members: words('file log mem-path mountpoint evdev dh-cert-file session-file sev-device') },
  { since: '10.2', members: ['map-path'] },
  { commands: words('drive-backup drive-mirror change transaction'), members: ['target'] },
  { commands: CHARDEV, members: ['data.device'] },
  { since: '10.0', commands: ['migrate', 'migrate-incoming'], members: ['addr.args'] },
  { since: '10.2', commands: ['migrate-set-parameters'], members: ['cpr-exec-command'] },
]);

const addresses: StringRow[] = [
  { role: 'host', members: words('host src dst') },
  { role: 'host', commands: ['client_migrate_info'], members: ['hostname'] },
  { role: 'host', since: '7.2', commands: ['object-add'], members: ['server'] },
  { role: 'port', members: words('port srcport dstport') },
  { role: 'address', commands: BLOCKDEV, members: ['portal'] },
  { role: 'address', commands: ['netdev_add'], members: words('listen connect mcast localaddr udp') },
  { role: 'url', commands: BLOCKDEV, members: ['url'] },
  { role: 'migration-uri', commands: words('migrate migrate-incoming migrate-recover'), members: ['uri'] },
  { role: 'socket', members: words('addr.path addr.data.path server.path') },
  { role: 'socket', since: '7.2', members: ['socket.path'] },
  { role: 'socket', since: '7.2', members: ['addresses.path'] },
  { role: 'socket', since: '10.2', members: ['quote-generation-socket.path'] },
  { role: 'directory', members: ['dir'] },
  { role: 'directory', commands: ['netdev_add'], members: words('tftp smb') },
];

/** Strings that need nothing special: what QEMU cannot make sense of is refused or kept, and goes nowhere. */
const plain = withRole('word', [
  // The number of a virtual machine on this host: a word is none.
  { members: ['cid'] },
  {
    members:
      words(`password username user description label alias protocol format tls-hostname tag hash cookie
      proxy-username export x-dirty-bitmap snapshot namespace pool volume`),
  },
  { since: '7.2', members: words('priority serial') },
  { commands: BLOCKDEV, members: ['initiator-name'] },
  { until: '6.0', commands: BLOCKDEV, members: ['vdi'] },
  { commands: ['blockdev-create'], members: ['hwversion'] },
  { since: '7.2', commands: ['blockdev-create'], members: ['toolsversion'] },
  { commands: CHARDEV, members: words('data.fqdn data.type') },
  { since: '7.2', commands: CHARDEV, members: ['data.name'] },
  {
    commands: ['netdev_add'],
    members:
      words(`model macaddr addr dns ip net hostname domainname dhcpstart hostfwd.str guestfwd.str bootfile
      tftp-server-name smbserver ipv6-host ipv6-dns ipv6-prefix group dnssearch.str`),
  },
  {
    since: '7.2',
    commands: ['netdev_add'],
    members: words('start-address end-address subnet-mask net-uuid nat66-prefix'),
  },
  {
    since: '10.2',
    commands: ['netdev_add'],
    members:
      words(`mac address netmask gateway outbound dns-forward dns-host fqdn map-guest-addr map-host-loopback
      search.str param.str tcp-ports.str udp-ports.str`),
  },
  {
    since: '7.2',
    commands: ['object-add'],
    members: words(
      'data iv identity service match addr id-list position status name width height x-origin y-origin',
    ),
  },
  {
    since: '10.0',
    commands: ['object-add'],
    members: words('guest-visible-workarounds host-data id-auth id-block'),
  },
  { since: '10.2', commands: ['object-add'], members: words('mrconfigid mrowner mrownerconfig') },
  { commands: ['announce-self'], members: ['id'] },
  { commands: ['add-fd'], members: ['opaque'] },
  { commands: ['get-win32-socket'], members: ['info'] },
  { commands: ['change'], members: ['arg'] },
  { commands: ['client_migrate_info'], members: ['cert-subject'] },
  { until: '6.0', commands: ['set_password'], members: ['connected'] },
  { commands: ['expire_password'], members: ['time'] },
  { commands: ['human-monitor-command'], members: ['command-line'] },
  { commands: ['inject-ghes-v2-error'], members: ['cper'] },
  {
    commands: words('cxl-inject-general-media-event cxl-inject-dram-event cxl-inject-memory-module-event'),
    members: ['component-id'],
  },
  { commands: ['query-sev-attestation-report'], members: ['mnonce'] },
  { commands: ['sev-inject-launch-secret'], members: words('packet-header secret') },
  { commands: ['ringbuf-write'], members: ['data'] },
  { commands: ['guest-exec'], members: words('arg env input-data') },
  { commands: ['guest-file-open', 'guest-shutdown'], members: ['mode'] },
  { commands: ['guest-file-write'], members: ['buf-b64'] },
  { commands: words('guest-ssh-add-authorized-keys guest-ssh-remove-authorized-keys'), members: ['keys'] },
]);

export const stringRows: readonly StringRow[] = [...instances, ...newNames, ...files, ...addresses, ...plain];
