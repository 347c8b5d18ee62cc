/**
 * What each command does when it runs: reviewed command by command, for QEMU 5.2 to 11.1, its storage daemon, and the
 * guest agent. Sanitized strings (string-roles.ts) are taken into account, except for what only reads: that has to be
 * without side effects whatever the arguments, since it runs on machines that matter to somebody.
 */
import type { CommandSafety } from './effect.js';
import { words } from './words.js';

/** Commands that share an effect and a reason. */
export interface SafetyGroup extends CommandSafety {
  readonly commands: readonly string[];
}

const reads: SafetyGroup[] = [
  {
    reason: 'lists or shows QOM objects, types and properties',
    commands: words('qom-list qom-list-get qom-list-types qom-get'),
  },
  {
    reason: 'makes an object of the type, looks at its properties and drops it',
    commands: words('qom-list-properties device-list-properties'),
  },
  { reason: 'shows which trace events are on', commands: ['trace-event-get-state'] },
  { reason: 'shows the graph of block nodes', commands: ['x-debug-query-block-graph'] },
  { reason: 'computes a checksum of a dirty bitmap', commands: ['x-debug-block-dirty-bitmap-sha256'] },
  { reason: 'shows statistics of the accelerator', commands: ['x-accel-stats'] },
  {
    reason: 'shows what network cards let through, and lets the next change be reported again',
    commands: ['query-rx-filter'],
  },
  { reason: 'shows virtual CPUs, and interrupts them for a moment', commands: ['query-cpus'] },
  { reason: 'hands out an eBPF program without loading it', commands: ['request-ebpf'] },
  { reason: 'lists event channels of the emulated Xen', commands: ['xen-event-list'] },
  {
    reason: 'answers, and does nothing else',
    commands: words('guest-ping guest-info guest-sync guest-sync-delimited'),
  },
  {
    reason: 'gives back what it is given; only the fake has it',
    commands: words(`x-selftest-integers x-selftest-scalars x-selftest-lists x-selftest-tree x-selftest-choice
      x-selftest-nested x-selftest-names x-selftest-sum x-selftest-legacy x-selftest-events`),
  },
  {
    reason: 'shows properties of the machine that the agent runs on',
    commands: words(`guest-get-cpustats guest-get-devices guest-get-disks guest-get-diskstats guest-get-fsinfo
      guest-get-host-name guest-get-load guest-get-memory-block-info guest-get-memory-blocks guest-get-osinfo
      guest-get-time guest-get-timezone guest-get-users guest-get-vcpus guest-network-get-interfaces
      guest-network-get-route guest-ssh-get-authorized-keys`),
  },
  { reason: 'tells whether file systems are frozen', commands: ['guest-fsfreeze-status'] },
].map((group) => ({ effect: 'reads', ...group }));

const changesState: SafetyGroup[] = [
  { reason: 'negotiates, which happens once for each connection', commands: ['qmp_capabilities'] },
  { reason: 'pauses or resumes the virtual CPUs', commands: words('stop cont') },
  {
    reason: 'resets, wakes or interrupts the guest',
    commands: words('system_reset system_wakeup inject-nmi'),
  },
  {
    reason: 'presses the power button of the guest, which may shut itself down',
    commands: ['system_powerdown'],
  },
  {
    reason: 'leaves the state before the machine is built, where the target was started in it',
    commands: ['x-exit-preconfig'],
  },
  {
    reason: 'sets what QEMU does when the guest reboots, shuts down or panics',
    commands: words('set-action watchdog-set-action'),
  },
  {
    reason: 'describes NUMA nodes or the CPU topology to the guest',
    commands: words('set-numa-node set-cpu-topology'),
  },
  { reason: 'gives keys and pointer movements to the guest', commands: words('send-key input-send-event') },
  { reason: 'changes the size of the guest memory', commands: ['balloon'] },
  { reason: 'forgets timer ticks that the guest has missed', commands: ['rtc-reset-reinjection'] },
  { reason: 'reports hardware errors to the guest', commands: ['inject-ghes-v2-error'] },
  {
    reason: 'reports events and errors of CXL memory to the guest, or changes its capacity',
    commands: words(`cxl-add-dynamic-capacity cxl-release-dynamic-capacity cxl-inject-correctable-error
      cxl-inject-dram-event cxl-inject-general-media-event cxl-inject-memory-module-event cxl-inject-poison
      cxl-inject-uncorrectable-errors`),
  },
  { reason: 'puts a secret into the memory of an encrypted guest', commands: ['sev-inject-launch-secret'] },
  { reason: 'raises an event channel of the emulated Xen', commands: ['xen-event-inject'] },
  {
    reason: 'takes part in replication or failover of a Xen guest',
    commands: words('xen-set-replication xen-colo-do-checkpoint xen-set-global-dirty-log'),
  },
  {
    reason: 'loads the state of devices from a file, and resets them before',
    commands: ['xen-load-devices-state'],
  },
  {
    reason: 'adds, removes or updates a device of the guest',
    commands: words('device_add device_del device-sync-config'),
  },
  { reason: 'makes network interfaces of the guest announce themselves', commands: ['announce-self'] },
  {
    reason: 'adds, removes or cuts off a network backend',
    commands: words('netdev_add netdev_del set_link'),
  },
  { reason: 'removes an object that was made by object-add', commands: ['object-del'] },
  { reason: 'sets a property of a QOM object', commands: ['qom-set'] },
  {
    reason: 'removes a character device, or sends something through it',
    commands: words('chardev-remove chardev-send-break ringbuf-write'),
  },
  { reason: 'reads from a ring buffer, and whoever reads next misses it', commands: ['ringbuf-read'] },
  {
    reason: 'sets passwords of the display, and when they expire',
    commands: words('set_password expire_password change-vnc-password block_passwd'),
  },
  {
    reason: 'changes where the display listens, or loads its certificates again',
    commands: words('display-update display-reload'),
  },
  { reason: 'tells SPICE clients where the guest is going', commands: ['client_migrate_info'] },
  { reason: 'switches trace events, which may be written to a log', commands: ['trace-event-set-state'] },
  {
    reason: 'measures in the background how fast memory gets dirty, or limits it',
    commands: words('calc-dirty-rate set-vcpu-dirty-limit cancel-vcpu-dirty-limit'),
  },
  {
    reason: 'configures, steers or ends a migration',
    commands:
      words(`migrate-set-capabilities migrate-set-parameters migrate-set-cache-size migrate_set_downtime
      migrate_set_speed migrate-start-postcopy migrate_cancel migrate-continue migrate-pause migrate-recover
      migrate-incoming x-colo-lost-heartbeat`),
  },
  { reason: 'breaks connections on purpose', commands: ['yank'] },
  {
    reason: 'sets, clears or runs to a breakpoint of a recorded execution',
    commands: words('replay-break replay-delete-break replay-seek'),
  },
  {
    reason: 'opens, closes, empties or fills a drive of the guest',
    commands: words(
      'eject blockdev-open-tray blockdev-close-tray blockdev-insert-medium blockdev-remove-medium',
    ),
  },
  {
    reason: 'takes block nodes away or apart, or moves them',
    commands: words('blockdev-del blockdev-set-active x-blockdev-change x-blockdev-set-iothread'),
  },
  {
    reason: 'limits, measures or watches the traffic of a drive',
    commands: words('block_set_io_throttle block-latency-histogram-set block-set-write-threshold'),
  },
  {
    reason: 'keeps or edits dirty bitmaps',
    commands: words(`block-dirty-bitmap-add block-dirty-bitmap-remove block-dirty-bitmap-clear
      block-dirty-bitmap-enable block-dirty-bitmap-disable block-dirty-bitmap-merge`),
  },
  {
    reason: 'steers or ends a background job',
    commands: words(`block-job-cancel block-job-change block-job-complete block-job-dismiss block-job-finalize
      block-job-pause block-job-resume block-job-set-speed job-cancel job-complete job-dismiss job-finalize
      job-pause job-resume`),
  },
  { reason: 'stops exporting a block node', commands: words('block-export-del nbd-server-remove') },
  {
    reason: 'runs a command of the human monitor, of which only those without side effects are allowed',
    commands: ['human-monitor-command'],
  },
  {
    reason: 'uses a file that the agent has open for somebody else',
    commands: words('guest-file-close guest-file-read guest-file-seek'),
  },
  {
    reason: 'fetches the result of a program that the agent ran, and whoever asks next misses it',
    commands: ['guest-exec-status'],
  },
].map((group) => ({ effect: 'changes-state', ...group }));

const writesFiles: SafetyGroup[] = [
  { reason: 'writes a part of the guest memory to a file', commands: words('memsave pmemsave') },
  {
    reason: 'writes a part of the guest state to a file',
    commands: words('dump-skeys dumpdtb screendump xen-save-devices-state'),
  },
  { reason: 'creates an image', commands: ['blockdev-create'] },
  {
    reason: 'opens an image, and may write to it',
    commands: words('blockdev-add blockdev-reopen x-blockdev-reopen blockdev-change-medium'),
  },
  { reason: 'opens an image in a drive, or changes the password of the display', commands: ['change'] },
  {
    reason: 'writes to the images of the guest',
    commands: words('block_resize change-backing-file x-blockdev-amend block-commit block-stream'),
  },
  {
    reason: 'copies the contents of a drive to another image',
    commands: words('drive-backup drive-mirror blockdev-backup blockdev-mirror'),
  },
  {
    reason: 'makes or drops snapshots in the images of the guest',
    commands: words(`blockdev-snapshot blockdev-snapshot-sync blockdev-snapshot-internal-sync
      blockdev-snapshot-delete-internal-sync`),
  },
  { reason: 'makes snapshots, copies and bitmaps all at once', commands: ['transaction'] },
  { reason: 'makes objects, some of which create files', commands: ['object-add'] },
  { reason: 'opens files, sockets and terminals of the host', commands: words('chardev-add chardev-change') },
  { reason: 'opens a socket of the host', commands: ['nbd-server-start'] },
  {
    reason: 'exports a block node to the host or the network',
    commands: words('block-export-add nbd-server-add'),
  },
  { reason: 'sends the guest state away', commands: ['migrate'] },
].map((group) => ({ effect: 'writes-files', ...group }));

const blocks: SafetyGroup[] = [
  {
    reason: 'writes guest memory to a file, and answers nothing meanwhile unless told otherwise',
    commands: ['dump-guest-memory'],
  },
  {
    reason: 'stops the guest and the monitor while its state is written, read or dropped',
    commands: words('snapshot-save snapshot-load snapshot-delete'),
  },
  { reason: 'waits until no client is left', commands: ['nbd-server-stop'] },
].map((group) => ({ effect: 'blocks', ...group }));

const takesDescriptors: SafetyGroup[] = [
  {
    reason: 'takes a descriptor that came over the socket',
    commands: words('add-fd getfd get-win32-socket add_client'),
  },
  { reason: 'closes a descriptor that came over the socket', commands: words('closefd remove-fd') },
].map((group) => ({ effect: 'takes-descriptors', ...group }));

const actsOnHost: SafetyGroup[] = [
  {
    reason: 'shuts down or suspends the machine that the agent runs on',
    commands: words('guest-shutdown guest-suspend-disk guest-suspend-hybrid guest-suspend-ram'),
  },
  {
    reason: 'freezes or thaws the file systems of the machine, and runs its hook scripts',
    commands: words('guest-fsfreeze-freeze guest-fsfreeze-freeze-list guest-fsfreeze-thaw'),
  },
  { reason: 'discards unused blocks of all file systems of the machine', commands: ['guest-fstrim'] },
  {
    reason: 'sets the clock of the machine; without a time, by reading its hardware clock',
    commands: ['guest-set-time'],
  },
  {
    reason: 'switches processors or memory of the machine on and off',
    commands: words('guest-set-vcpus guest-set-memory-blocks'),
  },
  { reason: 'changes the password of a user of the machine', commands: ['guest-set-user-password'] },
  {
    reason: 'changes who may log in to the machine',
    commands: words('guest-ssh-add-authorized-keys guest-ssh-remove-authorized-keys'),
  },
  { reason: 'runs a program on the machine', commands: ['guest-exec'] },
  {
    reason: 'opens, creates or writes any file of the machine',
    commands: words('guest-file-open guest-file-write guest-file-flush'),
  },
].map((group) => ({ effect: 'acts-on-host', ...group }));

/** All reviewed commands; those whose name says that they only ask (`query-…`) stand here only if they are special. */
export const safetyGroups: readonly SafetyGroup[] = [
  ...reads,
  ...changesState,
  ...writesFiles,
  { effect: 'ends-process', reason: 'ends the process', commands: ['quit'] },
  ...blocks,
  ...takesDescriptors,
  ...actsOnHost,
];
