/**
 * Reads DER strictly: definite, minimal lengths; minimal integers; bounded nesting; nothing left over.
 * Source: ITU-T X.690, sections 8 and 10. Certificates themselves are verified by the platform's X.509 code;
 * this reader provides what that code does not expose: extensions, names as bytes, revocation lists.
 */
import { refuse } from '../outcome.ts';
import type { X509Code } from './codes.ts';

/** Identifier octets used by certificates and revocation lists. */
export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  null: 0x05,
  oid: 0x06,
  enumerated: 0x0a,
  utf8String: 0x0c,
  printableString: 0x13,
  ia5String: 0x16,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Identifier octet of a constructed, context-specific element `[number]`. */
export const context = (number: number): number => 0xa0 + number;

/** One element: its identifier, its contents, and the whole of it. */
export interface DerElement {
  readonly tag: number;
  readonly contents: Uint8Array;
  readonly whole: Uint8Array;
}

const malformed: X509Code = 'der-malformed';

/** A cursor over the elements of one level. */
export class DerReader {
  readonly #bytes: Uint8Array;
  readonly #name: string;
  #offset = 0;

  constructor(bytes: Uint8Array, name: string) {
    this.#bytes = bytes;
    this.#name = name;
  }

  get done(): boolean {
    return this.#offset >= this.#bytes.length;
  }

  #refuse(why: string): never {
    refuse(malformed, `${this.#name}+${this.#offset}`, why);
  }

  #length(): number {
    const first = this.#bytes[this.#offset++];
    if (first === undefined) this.#refuse('the length is missing');
    if (first < 0x80) return first;
    const count = first & 0x7f;
    if (count === 0 || count > 3) this.#refuse('the length is indefinite or too large');
    let length = 0;
    for (let index = 0; index < count; index += 1) {
      const octet = this.#bytes[this.#offset++];
      if (octet === undefined) this.#refuse('the length is truncated');
      length = length * 256 + octet;
    }
    if (length < 0x80 || length < 256 ** (count - 1)) this.#refuse('the length is not minimal');
    return length;
  }

  /** The next element, whatever its identifier. */
  next(): DerElement {
    const start = this.#offset;
    const tag = this.#bytes[this.#offset++];
    if (tag === undefined) this.#refuse('an element is missing');
    if ((tag & 0x1f) === 0x1f) this.#refuse('identifiers of several octets are not used');
    const length = this.#length();
    const end = this.#offset + length;
    if (end > this.#bytes.length)
      this.#refuse(`the element needs ${length} bytes, ${this.#bytes.length - this.#offset} are left`);
    const contents = this.#bytes.subarray(this.#offset, end);
    this.#offset = end;
    return { tag, contents, whole: this.#bytes.subarray(start, end) };
  }

  /** The identifier of the next element, without reading it. */
  peek(): number | undefined {
    return this.#bytes[this.#offset];
  }

  /** The next element, which must have the identifier. */
  expect(tag: number): DerElement {
    if (this.peek() !== tag) this.#refuse(`expected an element with identifier ${tag.toString(16)}h`);
    return this.next();
  }

  /** The next element if it has the identifier. */
  optional(tag: number): DerElement | undefined {
    return this.peek() === tag ? this.next() : undefined;
  }

  /** A reader over the contents of the next element, which must have the identifier. */
  enter(tag: number): DerReader {
    return new DerReader(this.expect(tag).contents, this.#name);
  }

  /** Refuses anything left at this level. */
  end(): void {
    if (!this.done) this.#refuse(`${this.#bytes.length - this.#offset} bytes are left over`);
  }

  /** Contents of an INTEGER: two's complement, minimal. */
  integerBytes(): Uint8Array {
    const { contents } = this.expect(tags.integer);
    const [first, second] = contents;
    if (first === undefined) this.#refuse('an integer is empty');
    if (second !== undefined && ((first === 0 && second < 0x80) || (first === 0xff && second >= 0x80))) {
      this.#refuse('an integer is not minimal');
    }
    return contents;
  }

  /** A non-negative INTEGER below 2^31. */
  smallInteger(): number {
    return this.#small(this.integerBytes());
  }

  /** A non-negative ENUMERATED below 2^31. */
  enumerated(): number {
    return this.#small(this.expect(tags.enumerated).contents);
  }

  #small(contents: Uint8Array): number {
    if (contents.length === 0 || contents.length > 4 || (contents[0] ?? 0) >= 0x80)
      this.#refuse('the number is out of range');
    return contents.reduce((value, octet) => value * 256 + octet, 0);
  }

  boolean(): boolean {
    const { contents } = this.expect(tags.boolean);
    if (contents.length !== 1 || (contents[0] !== 0 && contents[0] !== 0xff))
      this.#refuse('a Boolean must be 00 or FF');
    return contents[0] === 0xff;
  }

  /** Contents of a BIT STRING that holds whole bytes. */
  bitStringBytes(): Uint8Array {
    const { contents } = this.expect(tags.bitString);
    if (contents[0] !== 0) this.#refuse('a bit string does not hold whole bytes');
    return contents.subarray(1);
  }

  /** An OBJECT IDENTIFIER in dotted form. */
  oid(): string {
    const { contents } = this.expect(tags.oid);
    const arcs: number[] = [];
    let arc = 0;
    let fresh = true;
    for (const octet of contents) {
      if (fresh && octet === 0x80) this.#refuse('an object identifier is not minimal');
      arc = arc * 128 + (octet & 0x7f);
      if (!Number.isSafeInteger(arc)) this.#refuse('an object identifier is too large');
      fresh = octet < 0x80;
      if (fresh) {
        arcs.push(arc);
        arc = 0;
      }
    }
    const [first, ...rest] = arcs;
    if (first === undefined || !fresh) this.#refuse('an object identifier is truncated');
    const root = Math.min(2, Math.floor(first / 40));
    return [root, first - root * 40, ...rest].join('.');
  }

  /** UTCTime or GeneralizedTime, in the form that RFC 5280 section 4.1.2.5 demands; milliseconds since 1970. */
  time(): number {
    const { tag, contents } = this.next();
    const text = Buffer.from(contents).toString('latin1');
    let digits: string;
    if (tag === tags.utcTime && /^\d{12}Z$/.test(text)) digits = (Number(text.slice(0, 2)) < 50 ? '20' : '19') + text;
    else if (tag === tags.generalizedTime && /^\d{14}Z$/.test(text)) digits = text;
    else return this.#refuse('a time must be YYMMDDhhmmssZ or YYYYMMDDhhmmssZ');
    const iso = digits.replace(/^(....)(..)(..)(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6.000Z');
    const milliseconds = Date.parse(iso);
    if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== iso)
      this.#refuse('a time is not a valid date');
    return milliseconds;
  }
}
