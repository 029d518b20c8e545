/** Finds the issuers of an endorsement key among given certificates, which may be in any order and more than needed. */

import { X509Certificate } from 'node:crypto';
import type { Refusal } from '@atesto/core';
import { type SnpReport, snpKeyKindOf } from '@atesto/evidence/advanced';

/** A VCEK or VLEK certificate and what stands above it: PEM. */
export interface AmdCertificates {
  readonly certificate: string;
  /** ASK or ASVK, then ARK. */
  readonly authorityChain: string;
  readonly leaf: X509Certificate;
}

const begin = '-----BEGIN CERTIFICATE-----';

/** The certificates of a file: PEM, one or more, or the DER of one. Throws what `node:crypto` throws. */
function certificatesIn(file: Uint8Array): X509Certificate[] {
  const text = Buffer.from(file).toString('latin1');
  if (!text.includes(begin)) return [new X509Certificate(file)];
  return text
    .split(begin)
    .slice(1)
    .map((block) => new X509Certificate(begin + block));
}

/** The issuer by name and key identifiers: whether it really signed is for the appraisal. */
function issuerOf(certificate: X509Certificate, among: readonly X509Certificate[]): X509Certificate | undefined {
  return among.find((candidate) => certificate.checkIssued(candidate));
}

/** Common name of the issuer; empty when it has none. */
export function issuerName({ issuer }: X509Certificate): string {
  return /^CN=(.*)$/m.exec(issuer)?.[1] ?? '';
}

function withoutIssuer(certificate: X509Certificate): Refusal {
  const why = `the certificate of ${issuerName(certificate)}, which issued one of the chain, is not among those given; name it with --ca`;
  return { code: 'chain-length', where: 'certificates', why };
}

type SigningKey = SnpReport['signingKey'];

function isOfKind({ raw }: X509Certificate, signingKey: SigningKey): boolean {
  const kind = snpKeyKindOf(raw);
  return kind.ok && kind.value === signingKey;
}

/**
 * Picks the certificate of the endorsement key and its authorities.
 * @param files the first certificate of the kind of key that signed the report is taken; where there is none, the first of all
 */
export function amdCertificates(files: readonly Uint8Array[], signingKey: SigningKey): AmdCertificates | Refusal {
  try {
    const others = files.flatMap(certificatesIn);
    const leaf = others.find((certificate) => isOfKind(certificate, signingKey)) ?? others[0];
    if (leaf === undefined) return missing;
    const authority = issuerOf(leaf, others);
    if (authority === undefined) return withoutIssuer(leaf);
    const root = issuerOf(authority, others);
    if (root === undefined) return withoutIssuer(authority);
    return { certificate: leaf.toString(), authorityChain: authority.toString() + root.toString(), leaf };
  } catch {
    return malformed;
  }
}

const missing: Refusal = {
  code: 'chain-length',
  where: 'certificates',
  why: 'no certificate was given and none came with the evidence; name it with --certificate',
};

const malformed: Refusal = {
  code: 'pem-malformed',
  where: 'certificates',
  why: 'a file holds something other than certificates in PEM, or one in DER',
};
