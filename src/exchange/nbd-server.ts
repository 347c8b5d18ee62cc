/**
 * A small NBD server for targets to connect to: one export named `e`, 1 MiB of zeroes, writes forgotten. Just
 * enough of the fixed newstyle handshake for QEMU's client (the NBD protocol, sections "Newstyle negotiation" and
 * "Transmission").
 */
import type { Socket } from 'node:net';

const SIZE = 1 << 20;
const OPTION_MAGIC = 0x49484156454f5054n;
const REPLY_MAGIC = 0x3e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const SIMPLE_REPLY_MAGIC = 0x67446698;

const option = { exportName: 1, abort: 2, info: 6, go: 7 } as const;
const optionReply = { ack: 1, info: 3, unsupported: 0x80000001 } as const;
const command = { read: 0, write: 1, disconnect: 2 } as const;
/** HAS_FLAGS and SEND_FLUSH */
const TRANSMISSION_FLAGS = 0b101;
const MAX_OPTION_BYTES = 64 * 1024;

/** Serves one client until it leaves; a client that breaks the protocol is disconnected. */
export function serveNbd(socket: Socket): void {
  let pending = Buffer.alloc(0);
  let state: 'flags' | 'options' | 'transmission' = 'flags';
  let writing = 0;
  // "NBDMAGIC", "IHAVEOPT", and the handshake flags FIXED_NEWSTYLE and NO_ZEROES
  socket.write(Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), Buffer.from([0, 3])]));
  socket.on('data', (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let used = step(); used > 0; used = step()) pending = pending.subarray(used);
  });

  /** Handles what stands at the front of `pending`; returns how many bytes that was, 0 when more must come first. */
  function step(): number {
    if (writing > 0) {
      const used = Math.min(writing, pending.length);
      writing -= used;
      return used;
    }
    switch (state) {
      case 'flags':
        if (pending.length < 4) return 0;
        state = 'options';
        return 4;
      case 'options':
        return optionStep();
      case 'transmission':
        return requestStep();
    }
  }

  function optionStep(): number {
    if (pending.length < 16) return 0;
    const length = pending.readUInt32BE(12);
    if (pending.readBigUInt64BE(0) !== OPTION_MAGIC || length > MAX_OPTION_BYTES) return giveUp();
    if (pending.length < 16 + length) return 0;
    const number = pending.readUInt32BE(8);
    switch (number) {
      case option.exportName:
        socket.write(exportInfo());
        state = 'transmission';
        break;
      case option.abort:
        socket.end(replyTo(number, optionReply.ack));
        break;
      case option.info:
      case option.go:
        socket.write(replyTo(number, optionReply.info, Buffer.concat([Buffer.from([0, 0]), exportInfo()])));
        socket.write(replyTo(number, optionReply.ack));
        if (number === option.go) state = 'transmission';
        break;
      default:
        socket.write(replyTo(number, optionReply.unsupported));
    }
    return 16 + length;
  }

  function requestStep(): number {
    if (pending.length < 28) return 0;
    if (pending.readUInt32BE(0) !== REQUEST_MAGIC) return giveUp();
    const type = pending.readUInt16BE(6);
    const length = pending.readUInt32BE(24);
    if (type === command.disconnect) {
      socket.end();
      return 28;
    }
    const reply = Buffer.alloc(16);
    reply.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
    pending.copy(reply, 8, 8, 16);
    socket.write(
      type === command.read ? Buffer.concat([reply, Buffer.alloc(Math.min(length, SIZE))]) : reply,
    );
    if (type === command.write) writing = length;
    return 28;
  }

  function giveUp(): 0 {
    socket.destroy();
    return 0;
  }
}

function exportInfo(): Buffer {
  const info = Buffer.alloc(10);
  info.writeBigUInt64BE(BigInt(SIZE), 0);
  info.writeUInt16BE(TRANSMISSION_FLAGS, 8);
  return info;
}

function replyTo(number: number, type: number, data: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(REPLY_MAGIC, 0);
  head.writeUInt32BE(number, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}
