/** Writes the few DER types of the vendors' certificate extensions (ITU-T X.690). A writer only: nothing is parsed. */

function lengthOctets(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  const hex = length.toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}

/** Tag, length, contents. */
export function tagged(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(contents);
  return Buffer.concat([Buffer.of(tag), lengthOctets(body.length), body]);
}

/** SEQUENCE. */
export function sequence(...members: readonly Uint8Array[]): Buffer {
  return tagged(0x30, ...members);
}

/** OCTET STRING. */
export function octetString(bytes: Uint8Array): Buffer {
  return tagged(0x04, bytes);
}

/** BOOLEAN. */
export function boolean(value: boolean): Buffer {
  return tagged(0x01, Buffer.of(value ? 0xff : 0x00));
}

/** Big-endian two's complement of a number that is not negative, in as few octets as it takes. */
function unsignedOctets(value: number): Buffer {
  const hex = value.toString(16);
  const octets = Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex');
  return (octets[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), octets]) : octets;
}

/** INTEGER, of a number that is not negative. */
export function integer(value: number): Buffer {
  return tagged(0x02, unsignedOctets(value));
}

/** ENUMERATED. */
export function enumerated(value: number): Buffer {
  return tagged(0x0a, unsignedOctets(value));
}

/** IA5String. */
export function ia5String(text: string): Buffer {
  return tagged(0x16, Buffer.from(text, 'ascii'));
}

function baseOf128(value: number): number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}

/** An object identifier in dotted form, like `1.2.840.113741`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([first * 40 + second, ...rest].flatMap(baseOf128)));
}
