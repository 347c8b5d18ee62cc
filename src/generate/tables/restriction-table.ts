/**
 * Values that valid arguments are limited to. What would end or confuse the target is not kept from it: that is what
 * the cases are for. What would harm the machine is: memory and disks that fill up, processors that spin, programs
 * that start, devices and services that have nothing to do with the run; and so is what makes the target wait.
 */
import type { Json } from '../../json/index.js';
import { BLOCKDEV, CHARDEV } from './string-role-table.js';
import type { Places } from './place.js';
import { words } from './words.js';

export interface Restriction extends Places {
  readonly values: readonly Json[];
  readonly reason: string;
  /** Holds for a target that acts on nothing but itself as well. */
  readonly always?: true;
  /** For enumerations: the values left out, and what they would do. */
  readonly leftOut?: Readonly<Record<string, string>>;
}

/** Kinds of things to make, of which some act on the machine. */
const kinds: readonly Restriction[] = [
  {
    commands: BLOCKDEV,
    members: ['driver'],
    values:
      words(`blkdebug blklogwrites blkreplay blkverify bochs cloop compress copy-before-write copy-on-read dmg
      file ftp ftps host_cdrom host_device http https io_uring iscsi luks nbd null-aio null-co nvme nvme-io_uring
      parallels preallocate qcow qcow2 qed quorum raw replication snapshot-access ssh throttle vdi vhdx
      virtio-blk-vfio-pci virtio-blk-vhost-user virtio-blk-vhost-vdpa vmdk vpc vvfat`),
    reason: 'the other drivers talk to services of the machine or wait long for a server',
    leftOut: {
      gluster: 'tries for minutes to reach a server',
      nfs: 'asks the port mapper of the machine, and may mount what it serves',
      rbd: 'tries for minutes to reach a server, and reads the configuration of the machine',
      sheepdog: 'talks to the service of the machine when no server is given',
    },
  },
  {
    commands: ['netdev_add'],
    members: ['.type'],
    values: words('none nic user l2tpv3 socket stream dgram hubport vhost-user vhost-vdpa af-xdp'),
    reason: 'the other backends change the network of the machine or start programs',
    leftOut: {
      tap: 'makes an interface of the machine, and runs a script for it',
      bridge: 'runs a helper that puts an interface into a bridge of the machine',
      vde: 'joins the switch of the machine when no other is given',
      netmap: 'takes over an interface of the machine',
      passt: 'starts a program that outlives its use',
      'vmnet-host': 'makes a network of the machine',
      'vmnet-shared': 'makes a network of the machine',
      'vmnet-bridged': 'puts the guest on a network of the machine',
    },
  },
  {
    commands: CHARDEV,
    members: ['backend.type'],
    values:
      words(`file serial parallel pipe socket udp pty null mux hub msmouse wctablet testdev console spicevmc
      spiceport qemu-vdagent dbus vc ringbuf memory`),
    reason: 'the others take hold of devices of the machine, or of the target itself',
    leftOut: {
      braille: 'takes over the Braille display of the machine',
      stdio: 'closes the standard input when it goes, so that what is opened next gets its number',
    },
  },
  {
    commands: ['object-add'],
    members: ['qom-type'],
    values:
      words(`acpi-generic-initiator acpi-generic-port authz-list authz-listfile authz-pam authz-simple can-bus
      can-host-socketcan colo-compare cryptodev-backend cryptodev-backend-builtin cryptodev-backend-lkcf
      cryptodev-vhost-user dbus-vmstate filter-buffer filter-dump filter-mirror filter-redirector filter-replay
      filter-rewriter igvm-cfg input-linux iommufd iothread main-loop memory-backend-epc memory-backend-file
      memory-backend-memfd memory-backend-ram memory-backend-shm monitor-hmp monitor-qmp pef-guest pr-manager-helper
      qtest rng-builtin rng-egd rng-random s390-pv-guest secret secret_keyring sev-guest sev-snp-guest tdx-guest
      thread-context throttle-group tls-cipher-suites tls-creds-anon tls-creds-psk tls-creds-x509 x-remote-object
      x-vfio-user-server`),
    reason: 'the others reach out of the run',
    leftOut: { 'input-barrier': 'joins the Barrier server of the machine when no other is given' },
  },
  {
    since: '10.0',
    commands: ['migrate', 'migrate-incoming'],
    members: ['addr.transport'],
    values: ['socket'],
    reason: 'the guest goes to a socket where nobody listens',
    leftOut: {
      exec: 'runs a program',
      rdma: 'takes hold of network cards of the machine',
      file: 'writes the whole memory of the guest',
    },
  },
];

/** Memory, disks and processors of the machine. */
const resources: readonly Restriction[] = [
  {
    since: '7.2',
    commands: ['object-add'],
    members: ['prealloc'],
    values: [false],
    reason: 'true fills memory of any size',
  },
  {
    since: '7.2',
    commands: ['object-add'],
    members: ['hugetlb'],
    values: [false],
    reason: 'true takes huge pages of the machine',
  },
  {
    since: '7.2',
    commands: ['object-add'],
    members: ['thread-pool-min'],
    values: [0, 1, 4],
    reason: 'as many threads start at once',
  },
  {
    since: '7.2',
    commands: ['object-add'],
    members: ['poll-max-ns'],
    values: [0, 1, 32768],
    reason: 'a thread spins for as long instead of sleeping',
  },
  {
    commands: ['announce-self'],
    members: ['rounds'],
    values: [0, 1, 5],
    reason: 'the network is told again and again, as good as forever when it is negative',
  },
  {
    commands: CHARDEV,
    members: words('data.width data.height data.cols data.rows'),
    values: [0, 1, 8, 80],
    reason: 'a picture of that size is painted in memory',
  },
  {
    commands: ['memsave', 'pmemsave'],
    members: ['size'],
    values: [0, 1, 4096],
    reason: 'as many bytes are written to a file, whatever memory there is',
  },
  {
    commands: ['dump-guest-memory'],
    members: ['protocol'],
    values: ['fd:none', 'file:'],
    reason: 'any target that exists gets the whole memory of the guest',
  },
  {
    commands: ['blockdev-create'],
    members: ['options.size'],
    values: [0, 512, 65536, 1048576],
    reason: 'some formats write tables in proportion to the size',
  },
  {
    commands: ['blockdev-create'],
    members: ['options.preallocation'],
    values: ['off'],
    reason: 'the others fill disks',
  },
  {
    commands: ['blockdev-create'],
    members: ['options.log-size'],
    values: [1048576],
    reason: 'the log is written out',
  },
];

/** What would make the target wait, with its main loop standing still. */
const delays: readonly Restriction[] = [
  {
    commands: CHARDEV,
    members: ['data.wait'],
    values: [false],
    always: true,
    reason: 'true waits until a client connects',
  },
  {
    commands: BLOCKDEV,
    members: ['latency-ns'],
    values: [0, 1, 1000],
    reason: 'opening an image on top waits for as long at each read',
  },
  {
    since: '11.0',
    commands: BLOCKDEV,
    members: ['inject-error.delay-ns'],
    values: [0, 1],
    reason: 'opening an image on top waits for as long',
  },
  {
    since: '7.2',
    commands: BLOCKDEV,
    members: ['open-timeout'],
    values: [0],
    reason: 'a refused connection is tried again for so many seconds',
  },
  {
    commands: ['blockdev-create', 'x-blockdev-amend'],
    members: ['iter-time'],
    values: [1, 10],
    reason: 'a key is derived for so many milliseconds',
  },
  {
    since: '7.2',
    commands: ['object-add'],
    members: ['endpoint'],
    values: ['client'],
    reason: 'a server without Diffie-Hellman parameters makes some, for about a second each time',
  },
];

/** What would run in spite of sanitized strings. */
const programs: readonly Restriction[] = [
  {
    commands: ['human-monitor-command'],
    members: ['command-line'],
    values: ['', 'info version', 'none1'],
    reason: 'the human monitor can do anything, and a single letter is enough for it',
  },
  {
    since: '10.2',
    commands: ['migrate-set-parameters'],
    members: ['cpr-exec-command'],
    values: [[]],
    reason: 'a program that a migration may become',
  },
];

export const restrictionRows: readonly Restriction[] = [...kinds, ...resources, ...delays, ...programs];
