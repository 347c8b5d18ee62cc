/**
 * All figures that the project promises, one after the other: `npm run bench`. What needs a real QEMU says so.
 */
await import('./list.js');
await import('./throughput.js');
await import('./real-qemu.js');
await import('./memory.js');
await import('./arguments.js');
await import('./schema.js');
