/** Reads binary structures in order: every read is bounded, every refusal carries its offset. */
import { refuse } from '../outcome.ts';

/** The codes with which {@link ByteReader} refuses. */
export const byteReaderCodes = {
  'evidence-truncated': 'The evidence ends before a field that its own structure announces.',
  'evidence-trailing-bytes': 'Bytes follow the end of a structure that must fill its container.',
} as const;

/** A cursor over bytes that never copies and never reads past the end. Integers are little-endian unless the name says `BE`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #name: string;
  readonly #base: number;
  #offset = 0;

  /**
   * @param bytes the structure
   * @param name what the bytes are, for the `where` of refusals
   * @param base offset of `bytes` within the whole, added to reported offsets
   */
  constructor(bytes: Uint8Array, name: string, base = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#name = name;
    this.#base = base;
  }

  /** Offset of the next byte to read, within these bytes. */
  get offset(): number {
    return this.#offset;
  }

  /** Number of bytes not yet read. */
  get remaining(): number {
    return this.#bytes.length - this.#offset;
  }

  /** `name+offset`, the place of the next byte. */
  where(): string {
    return `${this.#name}+${this.#base + this.#offset}`;
  }

  #advance(size: number, field: string): number {
    if (!Number.isSafeInteger(size) || size < 0 || size > this.remaining) {
      refuse('evidence-truncated', this.where(), `${field} needs ${size} bytes, ${this.remaining} are left`);
    }
    const start = this.#offset;
    this.#offset = start + size;
    return start;
  }

  /** The next `size` bytes, as a view of the same memory. */
  bytes(size: number, field: string): Uint8Array {
    const start = this.#advance(size, field);
    return this.#bytes.subarray(start, start + size);
  }

  /** An unsigned integer of 1 byte. */
  u8(field: string): number {
    return this.#view.getUint8(this.#advance(1, field));
  }

  /** An unsigned integer of 2 bytes, little-endian. */
  u16(field: string): number {
    return this.#view.getUint16(this.#advance(2, field), true);
  }

  /** An unsigned integer of 4 bytes, little-endian. */
  u32(field: string): number {
    return this.#view.getUint32(this.#advance(4, field), true);
  }

  /** An unsigned integer of 8 bytes, little-endian. */
  u64(field: string): bigint {
    return this.#view.getBigUint64(this.#advance(8, field), true);
  }

  /** An unsigned integer of 2 bytes, big-endian. */
  u16BE(field: string): number {
    return this.#view.getUint16(this.#advance(2, field), false);
  }

  /** An unsigned integer of 4 bytes, big-endian. */
  u32BE(field: string): number {
    return this.#view.getUint32(this.#advance(4, field), false);
  }

  /** An unsigned integer of 8 bytes, big-endian. */
  u64BE(field: string): bigint {
    return this.#view.getBigUint64(this.#advance(8, field), false);
  }

  /** A reader over the next `size` bytes, which reports offsets within the whole. */
  section(size: number, name: string): ByteReader {
    const base = this.#base + this.#offset;
    return new ByteReader(this.bytes(size, name), this.#name, base);
  }

  /** Refuses bytes that were not read. */
  end(structure: string): void {
    if (this.remaining > 0) {
      refuse('evidence-trailing-bytes', this.where(), `${this.remaining} bytes follow the end of ${structure}`);
    }
  }
}
