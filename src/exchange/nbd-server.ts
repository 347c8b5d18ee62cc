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
/** The longest name that the protocol allows, and what goes with it. */
const MAX_OPTION_BYTES = 64 * 1024;
/** Nothing longer has to be there as a whole. */
const MAX_HELD = 16 + MAX_OPTION_BYTES;
/** A client that leaves more than this unread is not read from, in bytes. */
const MAX_UNREAD = 256 * 1024;
/** What is read of the export is written in pieces. */
const ZEROES = Buffer.alloc(64 * 1024);

/**
 * Serves one client until it leaves; a client that breaks the protocol is disconnected. One that does not read what it
 * asked for is not read from: what it asks further waits on its own side.
 */
export function serveNbd(socket: Socket): void {
  /** What came in and was not looked at is `buffer[from, to)`: an unfinished message, and what one read brings. */
  let buffer = Buffer.alloc(2 * MAX_HELD);
  let from = 0;
  let to = 0;
  let pending = buffer.subarray(0, 0);
  /** How much of what follows is dropped. */
  let writing = 0;
  /** How many zeroes the client is still to be sent before its next request is looked at. */
  let reading = 0;
  let state: 'flags' | 'options' | 'transmission' = 'flags';
  // "NBDMAGIC", "IHAVEOPT", and the handshake flags FIXED_NEWSTYLE and NO_ZEROES
  socket.write(Buffer.concat([Buffer.from('NBDMAGICIHAVEOPT'), Buffer.from([0, 3])]));
  socket.on('data', (chunk: Buffer) => {
    // A client that has disconnected is not listened to.
    if (!socket.writable) return;
    hold(chunk);
    goOn();
  });
  socket.on('drain', goOn);

  /** Appends a chunk; moves what is there only when the chunk does not fit behind it, so that small chunks are cheap. */
  function hold(chunk: Buffer): void {
    if (to + chunk.length > buffer.length) {
      const larger = pending.length + chunk.length > buffer.length;
      const target = larger ? Buffer.alloc(pending.length + chunk.length) : buffer;
      pending.copy(target);
      buffer = target;
      to -= from;
      from = 0;
    }
    chunk.copy(buffer, to);
    to += chunk.length;
    pending = buffer.subarray(from, to);
  }

  function goOn(): void {
    while (socket.writable && socket.writableLength <= MAX_UNREAD) {
      const used = step();
      if (used === undefined) break;
      from += used;
      pending = buffer.subarray(from, to);
    }
    if (socket.writableLength > MAX_UNREAD) socket.pause();
    else if (socket.isPaused()) socket.resume();
  }

  /** Does the next thing; returns how many bytes of `pending` that used, undefined when more must come first. */
  function step(): number | undefined {
    if (reading > 0) {
      const piece = Math.min(reading, ZEROES.length);
      reading -= piece;
      socket.write(ZEROES.subarray(0, piece));
      return 0;
    }
    if (writing > 0) {
      const used = Math.min(writing, pending.length);
      writing -= used;
      return used === 0 ? undefined : used;
    }
    switch (state) {
      case 'flags':
        if (pending.length < 4) return undefined;
        state = 'options';
        return 4;
      case 'options':
        return optionStep();
      case 'transmission':
        return requestStep();
    }
  }

  function optionStep(): number | undefined {
    if (pending.length < 16) return undefined;
    const length = pending.readUInt32BE(12);
    if (pending.readBigUInt64BE(0) !== OPTION_MAGIC || length > MAX_OPTION_BYTES) {
      dropClient();
      return;
    }
    if (pending.length < 16 + length) return undefined;
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

  function requestStep(): number | undefined {
    if (pending.length < 28) return undefined;
    if (pending.readUInt32BE(0) !== REQUEST_MAGIC) {
      dropClient();
      return;
    }
    const type = pending.readUInt16BE(6);
    const length = pending.readUInt32BE(24);
    if (type === command.disconnect) {
      socket.end();
      return 28;
    }
    const reply = Buffer.alloc(16);
    reply.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
    pending.copy(reply, 8, 8, 16);
    socket.write(reply);
    if (type === command.read) reading = Math.min(length, SIZE);
    if (type === command.write) writing = length;
    return 28;
  }

  function dropClient(): undefined {
    socket.destroy();
    return undefined;
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
