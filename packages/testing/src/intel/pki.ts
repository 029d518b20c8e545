/**
 * The certificates of a simulated Intel: root, PCK CA, PCK certificate, TCB signing certificate.
 * Source: Intel SGX PCK Certificate and CRL Profile Specification. The common names are Intel's, because verifiers look at
 * them; the organisation says that it is not Intel.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Name } from '@peculiar/x509';
import {
  type CertificateFields,
  type CertificateOverrides,
  type DistinguishedName,
  issueCertificate,
  toPem,
} from '../x509/certificate.ts';
import { generateEcKeys, type KeyPair } from '../x509/keys.ts';
import type { SignatureScheme } from '../x509/signature.ts';
import { validity } from '../x509/validity.ts';
import { type PckFields, pckExtension, sgxExtensionOid } from './pck-extension.ts';

/** The CA that issued the PCK certificate. */
export type PckCa = 'platform' | 'processor';

/** One of everything, for each certificate of the simulated Intel. */
export interface IntelCertificateSet<Value> {
  readonly root: Value;
  /** Platform CA or processor CA. */
  readonly pckCa: Value;
  readonly pck: Value;
  readonly tcbSigning: Value;
}

/** Certificates in PEM. */
export type IntelCertificates = IntelCertificateSet<string>;
/** Key pairs of all certificates, on P-256. */
export type IntelKeys = IntelCertificateSet<KeyPair>;
/** What to change in some of the certificates. */
export type IntelCertificateOverrides = Partial<IntelCertificateSet<CertificateOverrides>>;

/** How Intel's authorities sign certificates and revocation lists. */
export const intelScheme: SignatureScheme = { name: 'ECDSA', hash: 'SHA-256' };

const pcs = 'https://localhost/sgx/certification/v4';

/** A name in the simulated Intel. */
export function intelName(commonName: string): DistinguishedName {
  return new Name([{ CN: [{ utf8String: commonName }] }, { O: [{ utf8String: 'Atesto Simulator, not Intel' }] }]);
}

/** New keys for all certificates. */
export function generateIntelKeys(): IntelKeys {
  return { root: generateEcKeys(), pckCa: generateEcKeys(), pck: generateEcKeys(), tcbSigning: generateEcKeys() };
}

/** The subject of the PCK CA. */
export const pckCaNames: Readonly<Record<PckCa, DistinguishedName>> = {
  platform: intelName('Intel SGX PCK Platform CA'),
  processor: intelName('Intel SGX PCK Processor CA'),
};

/** What the certificates are made from. */
export interface IntelPkiOptions {
  /** Certificates are valid around this time. */
  readonly at: Date;
  readonly ca: PckCa;
  readonly pck: PckFields;
  readonly keys: IntelKeys;
  readonly overrides: IntelCertificateOverrides;
}

type Subjects = IntelCertificateSet<DistinguishedName>;

function subjectsOf(ca: PckCa, overrides: IntelCertificateOverrides): Subjects {
  return {
    root: overrides.root?.subject ?? intelName('Intel SGX Root CA'),
    pckCa: overrides.pckCa?.subject ?? pckCaNames[ca],
    pck: overrides.pck?.subject ?? intelName('Intel SGX PCK Certificate'),
    tcbSigning: overrides.tcbSigning?.subject ?? intelName('Intel SGX TCB Signing'),
  };
}

function authority(keys: IntelKeys, subjects: Subjects): Pick<CertificateFields, 'issuer' | 'signWith' | 'scheme'> {
  return { issuer: subjects.root, signWith: keys.root, scheme: intelScheme };
}

function templates({ at, ca, pck, keys, overrides }: IntelPkiOptions): IntelCertificateSet<CertificateFields> {
  const subjects = subjectsOf(ca, overrides);
  const byRoot = { ...authority(keys, subjects), crlUrl: `${pcs}/rootcacrl` };
  return {
    root: {
      ...byRoot,
      ...validity(at, 5, 20),
      subject: subjects.root,
      key: keys.root,
      ca: true,
      pathLength: 1,
      keyUsage: ['keyCertSign', 'cRLSign'],
    },
    pckCa: {
      ...byRoot,
      ...validity(at, 4, 11),
      subject: subjects.pckCa,
      key: keys.pckCa,
      ca: true,
      pathLength: 0,
      keyUsage: ['keyCertSign', 'cRLSign'],
    },
    tcbSigning: {
      ...byRoot,
      ...validity(at, 1, 6),
      subject: subjects.tcbSigning,
      key: keys.tcbSigning,
      ca: false,
      keyUsage: ['digitalSignature', 'nonRepudiation'],
    },
    pck: {
      ...validity(at, 1, 6),
      subject: subjects.pck,
      issuer: subjects.pckCa,
      signWith: keys.pckCa,
      scheme: intelScheme,
      key: keys.pck,
      ca: false,
      keyUsage: ['digitalSignature', 'nonRepudiation'],
      crlUrl: `${pcs}/pckcrl?ca=${ca}&encoding=der`,
      extensions: [{ oid: sgxExtensionOid, critical: false, value: pckExtension(pck) }],
    },
  };
}

/** Issues the four certificates: PEM. */
export async function issueIntelCertificates(options: IntelPkiOptions): Promise<IntelCertificates> {
  const fields = templates(options);
  const issue = async (role: keyof IntelCertificates) =>
    toPem(await issueCertificate({ ...fields[role], ...options.overrides[role] }));
  const [root, pckCa, pck, tcbSigning] = await Promise.all([
    issue('root'),
    issue('pckCa'),
    issue('pck'),
    issue('tcbSigning'),
  ]);
  return { root, pckCa, pck, tcbSigning };
}

/** SHA-256 of the root's SubjectPublicKeyInfo, lower-case hex: what a trust anchor pins. */
export function rootFingerprint(keys: IntelKeys): string {
  return createHash('sha256')
    .update(keys.root.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
