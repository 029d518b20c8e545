/**
 * The certificates of a simulated AMD: ARK, ASK and VCEK; ASVK and VLEK.
 * Source: AMD 57230, VCEK Certificate and KDS Interface Specification. The common names are AMD's, because verifiers look at
 * them; the organisation says that it is not AMD.
 */
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import { Name } from '@peculiar/x509';
import type { SnpProduct } from '../sevsnp/tcb.ts';
import {
  type CertificateFields,
  type CertificateOverrides,
  type DistinguishedName,
  issueCertificate,
  toPem,
} from '../x509/certificate.ts';
import { generateEcKeys, generateRsaKeys, type KeyPair } from '../x509/keys.ts';
import type { SignatureScheme } from '../x509/signature.ts';
import { validity } from '../x509/validity.ts';
import { type EndorsementKeyFields, endorsementKeyExtensions } from './endorsement-key.ts';

/** One of everything, for each certificate of the simulated AMD. */
export interface AmdCertificateSet<Value> {
  readonly ark: Value;
  readonly ask: Value;
  /** Stands to the VLEK as the ASK stands to the VCEK. */
  readonly asvk: Value;
  readonly vcek: Value;
  readonly vlek: Value;
}

/** Certificates in PEM. */
export type AmdCertificates = AmdCertificateSet<string>;
/** Key pairs of all certificates: RSA for the authorities, P-384 for VCEK and VLEK. */
export type AmdKeys = AmdCertificateSet<KeyPair>;
/** What to change in some of the certificates. */
export type AmdCertificateOverrides = Partial<AmdCertificateSet<CertificateOverrides>>;

/** How AMD's authorities sign certificates and revocation lists. */
export const amdScheme: SignatureScheme = { name: 'RSA-PSS', hash: 'SHA-384' };
const roles = ['ark', 'ask', 'asvk', 'vcek', 'vlek'] as const;
const kds = 'https://localhost';

/** A name in the simulated AMD. */
export function amdName(commonName: string): DistinguishedName {
  return new Name([{ O: [{ utf8String: 'Atesto Simulator, not AMD' }] }, { CN: [{ utf8String: commonName }] }]);
}

/** New keys for all certificates, the RSA keys made side by side. Reuse them: AMD's 4096 bits are slow to make. */
export async function generateAmdKeys(modulusBits = 4096): Promise<AmdKeys> {
  const [ark, ask, asvk] = await Promise.all([
    generateRsaKeys(modulusBits),
    generateRsaKeys(modulusBits),
    generateRsaKeys(modulusBits),
  ]);
  return { ark, ask, asvk, vcek: generateEcKeys('P-384'), vlek: generateEcKeys('P-384') };
}

/** What the certificates are made from. */
export interface AmdPkiOptions {
  /** Certificates are valid around this time. */
  readonly at: Date;
  readonly product: SnpProduct;
  readonly vcek: EndorsementKeyFields;
  readonly vlek: EndorsementKeyFields;
  readonly keys: AmdKeys;
  readonly overrides: AmdCertificateOverrides;
}

type Subjects = AmdCertificateSet<DistinguishedName>;

function subjectsOf({ product, overrides }: AmdPkiOptions): Subjects {
  return {
    ark: overrides.ark?.subject ?? amdName(`ARK-${product}`),
    ask: overrides.ask?.subject ?? amdName(`SEV-${product}`),
    asvk: overrides.asvk?.subject ?? amdName(`SEV-VLEK-${product}`),
    vcek: overrides.vcek?.subject ?? amdName('SEV-VCEK'),
    vlek: overrides.vlek?.subject ?? amdName('SEV-VLEK'),
  };
}

function authority(options: AmdPkiOptions, subjects: Subjects, role: 'ark' | 'ask' | 'asvk'): CertificateFields {
  const isRoot = role === 'ark';
  return {
    ...validity(options.at, isRoot ? 5 : 4, 20),
    subject: subjects[role],
    issuer: subjects.ark,
    signWith: options.keys.ark,
    scheme: amdScheme,
    key: options.keys[role],
    ca: true,
    pathLength: isRoot ? undefined : 0,
    keyUsage: isRoot ? ['keyCertSign', 'cRLSign'] : ['keyCertSign'],
    crlUrl: `${kds}/${role === 'asvk' ? 'vlek' : 'vcek'}/v1/${options.product}/crl`,
  };
}

function endorsementKey(options: AmdPkiOptions, subjects: Subjects, role: 'vcek' | 'vlek'): CertificateFields {
  const issuer = role === 'vcek' ? 'ask' : 'asvk';
  return {
    ...validity(options.at, 1, role === 'vcek' ? 7 : 1),
    subject: subjects[role],
    issuer: subjects[issuer],
    signWith: options.keys[issuer],
    scheme: amdScheme,
    key: options.keys[role],
    serialNumber: '00',
    ca: 'absent',
    keyUsage: 'absent',
    keyIdentifiers: 'absent',
    extensions: endorsementKeyExtensions(options[role], options.product),
  };
}

/** Issues the five certificates: PEM. */
export async function issueAmdCertificates(options: AmdPkiOptions): Promise<AmdCertificates> {
  const subjects = subjectsOf(options);
  const issue = async (role: (typeof roles)[number]): Promise<string> => {
    const isLeaf = role === 'vcek' || role === 'vlek';
    const fields = isLeaf ? endorsementKey(options, subjects, role) : authority(options, subjects, role);
    return toPem(await issueCertificate({ ...fields, ...options.overrides[role] }));
  };
  const [ark, ask, asvk, vcek, vlek] = await Promise.all([
    issue('ark'),
    issue('ask'),
    issue('asvk'),
    issue('vcek'),
    issue('vlek'),
  ]);
  return { ark, ask, asvk, vcek, vlek };
}

/** SHA-256 of the ARK's SubjectPublicKeyInfo, lower-case hex: what a trust anchor pins. */
export function arkFingerprint(keys: AmdKeys): string {
  return createHash('sha256')
    .update(keys.ark.publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
