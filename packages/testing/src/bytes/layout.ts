/** Writes fixed binary layouts: integers in either order, and fields placed at the offsets of a specification. */

/** Bytes as such or in hex of either case. */
export type Bytes = Uint8Array | string;

/** Bytes of any length; hex must be whole bytes. */
export function bytesOf(value: Bytes): Buffer {
  if (typeof value !== 'string') return Buffer.from(value);
  if (value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) throw new RangeError('hex digits in pairs are needed');
  return Buffer.from(value, 'hex');
}

/** Bytes of one length; never padded or cut. */
export function exactly(value: Bytes, sizeBytes: number, field: string): Buffer {
  const bytes = bytesOf(value);
  if (bytes.length !== sizeBytes) throw new RangeError(`${field} needs ${sizeBytes} bytes, not ${bytes.length}`);
  return bytes;
}

/** Little-endian, 1 byte. */
export function u8(value: number): Buffer {
  return Buffer.of(value);
}

/** Little-endian, 2 bytes. */
export function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

/** Little-endian, 4 bytes. */
export function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Little-endian, 8 bytes. */
export function u64(value: bigint): Buffer {
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
