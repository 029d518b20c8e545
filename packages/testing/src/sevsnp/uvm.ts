/**
 * A simulated builder of utility VMs: COSE_Sign1 messages in which it endorses launch measurements, under a did:x509.
 * Sources: RFC 9052, section 4.2; RFC 9360; did:x509 method specification. The two forms are those of Microsoft's builders.
 */
import { constants, createHash, sign } from 'node:crypto';
import { encode, Tagged } from 'cborg';
import { type Bytes, bytesOf } from '../bytes/layout.ts';
import { type CertificateFields, type CertificateOverrides, issueCertificate } from '../x509/certificate.ts';
import { objectIdentifier, sequence } from '../x509/der.ts';
import { generateEcKeys, type KeyPair } from '../x509/keys.ts';
import { validity } from '../x509/validity.ts';

/** One of everything, for each certificate of the builder. */
export interface UvmCertificateSet<Value> {
  readonly root: Value;
  readonly authority: Value;
  readonly signer: Value;
}

/** What kind of builder to make. */
export interface UvmSignerOptions {
  /** Certificates are valid around this time. */
  readonly at: Date;
  /** Default: new keys on P-384. */
  readonly keys?: Partial<UvmCertificateSet<KeyPair>>;
  /** What to set otherwise in the certificates. */
  readonly certificates?: Partial<UvmCertificateSet<CertificateOverrides>>;
}

/** What an endorsement says, and what may be wrong with it. */
export interface UvmEndorsementOptions {
  /** JSON under text labels, or a hash envelope under CWT claims. Default: json. */
  readonly form?: 'json' | 'hash-envelope';
  /** 48 bytes. */
  readonly measurement: Bytes;
  /** Default: 101. A text is written as text. */
  readonly svn?: number | string;
  /** Default: `ContainerPlat-AMD-UVM`. */
  readonly feed?: string;
  /** Default: the builder's did:x509. */
  readonly issuer?: string;
  /** Default: the builder's time; `absent` leaves it out. */
  readonly signedAt?: Date | 'absent';
  /** Label of the COSE algorithm that the header names. Default: the one of the signing key. */
  readonly algorithm?: number;
  /** Certificates of the header, DER, leaf first. Default: signer, authority, root. */
  readonly chain?: readonly Uint8Array[];
  /** Header parameters that are added, or replaced. */
  readonly headers?: ReadonlyMap<number | string, unknown>;
  /** Default: what the form has. */
  readonly payload?: Uint8Array;
  /** Signs instead of the signer. */
  readonly signWith?: KeyPair;
  /** Last change of the message, after signing. */
  readonly mutate?: (message: Buffer) => Uint8Array;
}

/** ExtendedKeyUsage of signers: document signing (RFC 9336). */
const purpose = '1.3.6.1.5.5.7.3.36';
const es384 = -35;
const ps384 = -38;

/** A builder. Everything it makes is valid unless the options say otherwise. */
export class SimulatedUvmSigner {
  readonly at: Date;
  readonly keys: UvmCertificateSet<KeyPair>;
  /** DER. */
  readonly certificates: UvmCertificateSet<Uint8Array>;
  /** did:x509: the root, and the purpose of signers. */
  readonly issuer: string;

  constructor(at: Date, keys: UvmCertificateSet<KeyPair>, certificates: UvmCertificateSet<Uint8Array>) {
    this.at = at;
    this.keys = keys;
    this.certificates = certificates;
    this.issuer = `did:x509:0:sha256:${fingerprint(certificates.root)}::eku:${purpose}`;
  }

  /** An endorsement: COSE_Sign1, tagged. */
  endorse(options: UvmEndorsementOptions): Uint8Array {
    const key = options.signWith ?? this.keys.signer;
    const isRsa = key.publicKey.asymmetricKeyType === 'rsa';
    const { root, authority, signer } = this.certificates;
    const headers = new Map<number | string, unknown>([
      [1, options.algorithm ?? (isRsa ? ps384 : es384)],
      [33, options.chain ?? [signer, authority, root]],
      ...this.#statement(options),
      ...(options.headers ?? []),
    ]);
    const protectedBytes = encode(headers);
    const payload = options.payload ?? payloadOf(options);
    const signed = encode(['Signature1', protectedBytes, new Uint8Array(), payload]);
    const signature = sign('sha384', signed, signingOptions(key, isRsa));
    const message = Buffer.from(
      encode(new Tagged(18, [protectedBytes, new Map(), payload, new Uint8Array(signature)])),
    );
    return options.mutate?.(message) ?? message;
  }

  #statement(options: UvmEndorsementOptions): [number | string, unknown][] {
    const { form = 'json', signedAt = this.at, feed = 'ContainerPlat-AMD-UVM', issuer = this.issuer } = options;
    const time = signedAt === 'absent' ? undefined : new Tagged(1, Math.floor(signedAt.getTime() / 1000));
    if (form === 'json') {
      return [[3, 'application/json'], ['iss', issuer], ['feed', feed], ...entry('signingtime', time)];
    }
    const claims = new Map<number | string, unknown>([
      [1, issuer],
      [2, feed],
      ...entry(6, time),
      ['svn', svnOf(options)],
    ]);
    return [
      [15, claims],
      [258, -43],
      [259, 'application/octet-stream'],
    ];
  }
}

function entry<Label>(label: Label, value: unknown): [Label, unknown][] {
  return value === undefined ? [] : [[label, value]];
}

const svnOf = ({ svn = 101 }: UvmEndorsementOptions): number | string => svn;

function payloadOf(options: UvmEndorsementOptions): Uint8Array {
  const measurement = bytesOf(options.measurement);
  if (options.form === 'hash-envelope') return new Uint8Array(measurement);
  const members = {
    'x-ms-sevsnpvm-guestsvn': svnOf(options),
    'x-ms-sevsnpvm-launchmeasurement': measurement.toString('hex'),
  };
  return new Uint8Array(Buffer.from(JSON.stringify(members)));
}

function signingOptions({ privateKey }: KeyPair, isRsa: boolean) {
  return isRsa
    ? { key: privateKey, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 }
    : { key: privateKey, dsaEncoding: 'ieee-p1363' as const };
}

const fingerprint = (der: Uint8Array): string => createHash('sha256').update(der).digest('base64url');

function authorityFields(
  at: Date,
  subject: string,
  key: KeyPair,
  signWith: KeyPair,
  issuer: string,
): CertificateFields {
  return {
    ...validity(at, 4, 20),
    subject,
    issuer,
    key,
    signWith,
    scheme: { name: 'ECDSA', hash: 'SHA-384' },
    ca: true,
    keyUsage: ['keyCertSign', 'cRLSign'],
  };
}

/** Makes a builder. */
export async function createSimulatedUvmSigner(options: UvmSignerOptions): Promise<SimulatedUvmSigner> {
  const { at, certificates: overrides = {} } = options;
  const keys = {
    root: generateEcKeys('P-384'),
    authority: generateEcKeys('P-384'),
    signer: generateEcKeys('P-384'),
    ...options.keys,
  };
  const organisation = 'O=Atesto Simulator';
  const names = {
    root: `CN=UVM Root,${organisation}`,
    authority: `CN=UVM Authority,${organisation}`,
    signer: `CN=UVM Signer,${organisation}`,
  };
  const signer: CertificateFields = {
    ...authorityFields(at, names.signer, keys.signer, keys.authority, names.authority),
    ...validity(at, 0.5, 0.5),
    ca: false,
    keyUsage: ['digitalSignature'],
    extensions: [{ oid: '2.5.29.37', critical: false, value: sequence(objectIdentifier(purpose)) }],
  };
  const [root, authority, leaf] = await Promise.all([
    issueCertificate({ ...authorityFields(at, names.root, keys.root, keys.root, names.root), ...overrides.root }),
    issueCertificate({
      ...authorityFields(at, names.authority, keys.authority, keys.root, names.root),
      ...overrides.authority,
    }),
    issueCertificate({ ...signer, ...overrides.signer }),
  ]);
  return new SimulatedUvmSigner(at, keys, { root, authority, signer: leaf });
}
