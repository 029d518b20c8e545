/** Issues certificate revocation lists, in which every field can be made wrong. */
import 'reflect-metadata';
import { Extension, X509CrlGenerator, X509CrlReason } from '@peculiar/x509';
import { authorityKeyIdentifier, type DistinguishedName } from './certificate.ts';
import { integer } from './der.ts';
import type { KeyPair } from './keys.ts';
import { type SignatureScheme, signingAlgorithm, signingKey } from './signature.ts';

/** The fields of a revocation list. */
export interface CrlFields {
  readonly issuer: DistinguishedName;
  readonly thisUpdate: Date;
  /** `absent` leaves the field out. */
  readonly nextUpdate: Date | 'absent';
  /** Serial numbers in hex. */
  readonly revoked: readonly string[];
  readonly crlNumber: number;
  /** The issuer's key. */
  readonly signWith: KeyPair;
  readonly scheme: SignatureScheme;
  /** Last change of the DER, after signing. */
  readonly mutate?: (der: Buffer) => Uint8Array;
}

/** What to set otherwise than a faultless vendor would. */
export type CrlOverrides = Partial<CrlFields>;

/** Issues one list: DER. */
export async function issueCrl(fields: CrlFields): Promise<Uint8Array> {
  const crl = await X509CrlGenerator.create({
    issuer: fields.issuer,
    thisUpdate: fields.thisUpdate,
    ...(fields.nextUpdate === 'absent' ? {} : { nextUpdate: fields.nextUpdate }),
    entries: fields.revoked.map((serialNumber) => ({
      serialNumber,
      revocationDate: fields.thisUpdate,
      reason: X509CrlReason.keyCompromise,
    })),
    signingAlgorithm: signingAlgorithm(fields.scheme),
    signingKey: await signingKey(fields.signWith, fields.scheme),
    extensions: [
      new Extension('2.5.29.20', false, Uint8Array.from(integer(fields.crlNumber))),
      authorityKeyIdentifier(fields.signWith),
    ],
  });
  const der = Buffer.from(crl.rawData);
  return fields.mutate?.(der) ?? der;
}
