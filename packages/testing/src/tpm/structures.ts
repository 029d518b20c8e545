/**
 * Writes what a TPM 2.0 makes, with every field open to change. Big-endian throughout.
 * Source: TCG, Trusted Platform Module Library, Part 2: Structures.
 */
import { createHash, sign } from 'node:crypto';
import { type Bytes, bytesOf } from '../bytes/layout.ts';
import { type KeyPair, signEcdsa } from '../x509/keys.ts';

/** Hashes that attestation uses. */
export type TpmHashName = 'sha256' | 'sha384';
/** Identifiers of hash algorithms (TPM_ALG_ID). */
export const tpmAlgorithms = { sha1: 0x0004, sha256: 0x000b, sha384: 0x000c } as const;

/** Big-endian, 2 bytes. */
export function u16be(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** Big-endian, 4 bytes. */
export function u32be(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function u64be(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

/** TPM2B: a size of 2 bytes, then the bytes. */
export function sized(value: Bytes): Buffer {
  const bytes = bytesOf(value);
  return Buffer.concat([u16be(bytes.length), bytes]);
}

/** One bank's selection of PCRs. */
export interface PcrSelectionFields {
  /** TPM_ALG_ID. */
  readonly algorithm: number;
  /** The bitmap, bit 0 of its first byte for PCR 0. */
  readonly mask: Bytes;
}

/** Members of TPMS_ATTEST before what is attested. */
export interface AttestHeaderFields {
  readonly magic: number;
  readonly type: number;
  readonly qualifiedSigner: Bytes;
  /** The caller's nonce. */
  readonly extraData: Bytes;
  readonly clock: bigint;
  readonly resetCount: number;
  readonly restartCount: number;
  /** One byte; 1 is yes. */
  readonly safe: number;
  readonly firmwareVersion: bigint;
}

/** TPMS_ATTEST: the header, then what is attested. */
export function writeAttest(fields: AttestHeaderFields, attested: Uint8Array): Buffer {
  return Buffer.concat([
    u32be(fields.magic),
    u16be(fields.type),
    sized(fields.qualifiedSigner),
    sized(fields.extraData),
    u64be(fields.clock),
    u32be(fields.resetCount),
    u32be(fields.restartCount),
    Buffer.of(fields.safe),
    u64be(fields.firmwareVersion),
    attested,
  ]);
}

/** TPML_PCR_SELECTION. */
export function writeSelections(selections: readonly PcrSelectionFields[]): Buffer {
  const written = selections.map(({ algorithm, mask }) => {
    const bytes = bytesOf(mask);
    return Buffer.concat([u16be(algorithm), Buffer.of(bytes.length), bytes]);
  });
  return Buffer.concat([u32be(selections.length), ...written]);
}

/** The three bytes that select PCRs 0 to 23. */
export function pcrMask(pcrs: Iterable<number>): Buffer {
  const mask = Buffer.alloc(3);
  for (const pcr of pcrs) mask[pcr >> 3] = (mask[pcr >> 3] ?? 0) | (1 << (pcr & 7));
  return mask;
}

/** Bits of TPMA_OBJECT by name. */
export const tpmAttributes = {
  fixedTpm: 1 << 1,
  fixedParent: 1 << 4,
  sensitiveDataOrigin: 1 << 5,
  userWithAuth: 1 << 6,
  noDictionaryAttack: 1 << 10,
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;

/** What a public area says beside the key itself. */
export interface PublicAreaFields {
  readonly nameAlg: number;
  /** TPMA_OBJECT. */
  readonly attributes: number;
  readonly authPolicy: Bytes;
  /** TPMT_SYM_DEF_OBJECT. Default: null. */
  readonly symmetric?: Bytes;
  /** Scheme with its hash, if it has one. Default: null. */
  readonly scheme?: Bytes;
  /** TPMI_ALG_PUBLIC. Default: the key's. */
  readonly type?: number;
  /** What follows the scheme. Default: the key's parameters and unique part. */
  readonly key?: Bytes;
}

const curveIds = new Map([
  ['P-256', 0x0003],
  ['P-384', 0x0004],
]);
const nullAlgorithm = u16be(0x0010);

function keyPart(keys: KeyPair): { readonly type: number; readonly bytes: Buffer } {
  const { kty, n = '', crv = '', x = '', y = '' } = keys.publicKey.export({ format: 'jwk' });
  const digits = (text: string): Buffer => Buffer.from(text, 'base64url');
  if (kty === 'RSA') {
    const modulus = digits(n);
    // Exponent 0 stands for 65537.
    return { type: 0x0001, bytes: Buffer.concat([u16be(8 * modulus.length), u32be(0), sized(modulus)]) };
  }
  const curve = u16be(curveIds.get(crv) ?? 0);
  return { type: 0x0023, bytes: Buffer.concat([curve, nullAlgorithm, sized(digits(x)), sized(digits(y))]) };
}

/** TPM2B_PUBLIC of a key. */
export function writePublicArea(keys: KeyPair, fields: PublicAreaFields): Buffer {
  const part = keyPart(keys);
  const area = Buffer.concat([
    u16be(fields.type ?? part.type),
    u16be(fields.nameAlg),
    u32be(fields.attributes),
    sized(fields.authPolicy),
    bytesOf(fields.symmetric ?? nullAlgorithm),
    bytesOf(fields.scheme ?? nullAlgorithm),
    bytesOf(fields.key ?? part.bytes),
  ]);
  return sized(area);
}

/** The name of an object with SHA-256 as name algorithm. @param area TPM2B_PUBLIC */
export function nameOf(area: Uint8Array): Buffer {
  return Buffer.concat([u16be(tpmAlgorithms.sha256), createHash('sha256').update(area.subarray(2)).digest()]);
}

/** How a structure is signed. */
export interface TpmSignatureFields {
  /** Default: RSASSA (14h) for RSA keys, ECDSA (18h) for others. */
  readonly scheme?: number;
  /** What is signed with, and what the structure says. */
  readonly hash: TpmHashName;
  /** TPM_ALG_ID that the structure says instead. */
  readonly hashId?: number;
  /** `bare` leaves the structure away, as Azure's clients do with RSA. */
  readonly form: 'structure' | 'bare';
}

/** TPMT_SIGNATURE, or the bare value. */
export function signStructure(bytes: Uint8Array, keys: KeyPair, fields: TpmSignatureFields): Buffer {
  const isRsa = keys.publicKey.asymmetricKeyType === 'rsa';
  const value = isRsa ? sign(fields.hash, bytes, keys.privateKey) : signEcdsa(bytes, keys, fields.hash);
  if (fields.form === 'bare') return value;
  const half = value.length / 2;
  const parts = isRsa ? [sized(value)] : [sized(value.subarray(0, half)), sized(value.subarray(half))];
  const scheme = u16be(fields.scheme ?? (isRsa ? 0x0014 : 0x0018));
  return Buffer.concat([scheme, u16be(fields.hashId ?? tpmAlgorithms[fields.hash]), ...parts]);
}
