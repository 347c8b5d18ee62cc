/**
 * Which capabilities of a migration go together.
 */

/** Pairs that exclude each other. */
const conflicts: readonly (readonly [capability: string, others: readonly string[]])[] = [
  ['postcopy-ram', ['x-ignore-shared', 'multifd', 'mapped-ram']],
  ['xbzrle', ['multifd', 'mapped-ram', 'zero-copy-send']],
  [
    'background-snapshot',
    [
      ...[
        'postcopy-ram',
        'dirty-bitmaps',
        'postcopy-blocktime',
        'late-block-activate',
        'return-path',
        'multifd',
      ],
      ...['pause-before-switchover', 'auto-converge', 'release-ram', 'rdma-pin-all', 'xbzrle', 'x-colo'],
      ...['validate-uuid', 'zero-copy-send'],
    ],
  ],
];

/** What some of them need. */
const requirements: readonly (readonly [capability: string, other: string])[] = [
  ['zero-copy-send', 'multifd'],
  ['postcopy-preempt', 'postcopy-ram'],
  ['switchover-ack', 'return-path'],
];

/** Why capabilities cannot be enabled together; undefined when they can. */
export function capabilityProblem(enabled: (name: string) => boolean): string | undefined {
  for (const [capability, others] of conflicts) {
    const other = enabled(capability) ? others.find(enabled) : undefined;
    if (other !== undefined) return `the capability '${capability}' excludes '${other}'`;
  }
  for (const [capability, other] of requirements) {
    if (enabled(capability) && !enabled(other)) return `the capability '${capability}' needs '${other}'`;
  }
  // There is no KVM here that could count what the guest writes.
  return enabled('dirty-limit') ? "the capability 'dirty-limit' needs KVM" : undefined;
}
