/** Writes fixed binary layouts: integers in either order, and fields placed at the offsets of a specification. */

import { ConfigurationError } from '@atesto/core';

/** Bytes as such or in hex of either case. */
export type Bytes = Uint8Array | string;

/** Bytes of any length; hex must be whole bytes. Throws `ConfigurationError`. */
export function bytesOf(value: Bytes, field = 'bytes'): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value);
  if (typeof value !== 'string' || value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new ConfigurationError(field, 'bytes, or hex digits in pairs');
  }
  return Buffer.from(value, 'hex');
}

/** Bytes of one length; never padded or cut. Throws `ConfigurationError`. */
export function exactly(value: Bytes, sizeBytes: number, field: string): Buffer {
  const bytes = bytesOf(value, field);
  if (bytes.length === sizeBytes) return bytes;
  throw new ConfigurationError(field, `${sizeBytes} bytes, not ${bytes.length}`);
}

function checkInteger(value: number | bigint, bits: number): void {
  const isInteger = typeof value === 'bigint' || Number.isInteger(value);
  if (isInteger && value >= 0 && value < 2n ** BigInt(bits)) return;
  throw new ConfigurationError('integer field', `an integer of ${bits} bits, not ${value}`);
}

/** Little-endian, 1 byte. */
export function u8(value: number): Buffer {
  checkInteger(value, 8);
  return Buffer.of(value);
}

/** Little-endian, 2 bytes. */
export function u16(value: number): Buffer {
  checkInteger(value, 16);
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Little-endian, 4 bytes. */
export function u32(value: number): Buffer {
  checkInteger(value, 32);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Little-endian, 8 bytes. */
export function u64(value: bigint): Buffer {
  checkInteger(value, 64);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(value);
  return bytes;
}

/** One field of a layout: its offset, then its bytes. */
export type Field = readonly [offset: number, bytes: Uint8Array];

/** A structure of one size with the fields at their offsets and zeros between them. */
export function place(sizeBytes: number, fields: readonly Field[]): Buffer {
  const structure = Buffer.alloc(sizeBytes);
  for (const [offset, bytes] of fields) {
    if (offset + bytes.length > sizeBytes) throw new RangeError(`the field at ${offset} leaves the structure`);
    structure.set(bytes, offset);
  }
  return structure;
}
