/** Reads the answers of a certification service to bytes, as signed. Source: Intel PCS API, version 4; PCCS of Intel's DCAP. */

import { decodeUtf8 } from '@atesto/core';
import { type EnvelopeMember, leafFirst, openEnvelope, revocationListsIn } from '@atesto/evidence/advanced';
import { type HttpResponse, singleHeader } from '@atesto/http-client';
import { checkStatus, type ItemScope } from '../http/status.ts';
import { refuseEndorsements } from '../refusal.ts';

/** A signed JSON body. */
export interface SignedBody {
  /** The inner object, exactly as received. */
  readonly body: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  readonly issuerChain: string;
}

function refuseShape(where: string, why: string): never {
  return refuseEndorsements('endorsements-malformed', where, why);
}

function mediaType(answer: HttpResponse): string {
  return (singleHeader(answer, 'content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function text(body: Uint8Array, where: string): string {
  return decodeUtf8(body) ?? refuseShape(where, 'the answer is not UTF-8');
}

/** An issuer chain, percent-encoded in the first of the headers that is there. */
export function issuerChain(answer: HttpResponse, names: readonly string[], where: string): string {
  const value = names.map((name) => singleHeader(answer, name)).find((header) => header !== undefined);
  if (value === undefined) return refuseShape(where, `the header ${names[0]} is missing`);
  let chain: string;
  try {
    chain = decodeURIComponent(value);
  } catch {
    return refuseShape(where, `the header ${names[0]} is not percent-encoded`);
  }
  if (!chain.startsWith('-----BEGIN CERTIFICATE-----')) {
    return refuseShape(where, `the header ${names[0]} does not hold certificates`);
  }
  return leafFirst(chain);
}

/** Takes `{"<member>":{…},"signature":"<hex>"}` apart without writing it anew. */
export function signedBody(
  answer: HttpResponse,
  member: EnvelopeMember,
  chainHeaders: readonly string[],
  scope: ItemScope,
  where: string,
): SignedBody {
  checkStatus(answer, scope, where);
  if (mediaType(answer) !== 'application/json') return refuseShape(where, 'the answer is not of type application/json');
  const parts = openEnvelope(text(answer.body, where), member);
  if (parts === undefined) return refuseShape(where, `the answer is not {"${member}":{…},"signature":"…"}`);
  return {
    body: Buffer.from(parts.body),
    signature: Buffer.from(parts.signature, 'hex'),
    issuerChain: issuerChain(answer, chainHeaders, where),
  };
}

/** DER of a revocation list that came as DER, hex, base64 or PEM: services differ whatever encoding is asked for. */
export function revocationList(answer: HttpResponse, where: string): Uint8Array {
  checkStatus(answer, 'service', where);
  if (/html|json/.test(mediaType(answer))) return refuseShape(where, `a revocation list is not ${mediaType(answer)}`);
  const [list, another] = revocationListsIn(answer.body) ?? [];
  if (list !== undefined && another === undefined) return list;
  return refuseShape(where, 'the revocation list is neither DER nor hex nor base64 nor PEM');
}

/** PEM chain of a PCK certificate: leaf, CA, root. */
export function pckCertificateChain(answer: HttpResponse, where: string): string {
  checkStatus(answer, 'platform', where);
  const leaf = text(answer.body, where).trim();
  if (!/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/.test(leaf)) {
    return refuseShape(where, 'the answer is not one certificate in PEM');
  }
  return `${leaf}\n${issuerChain(answer, ['SGX-PCK-Certificate-Issuer-Chain'], where)}`;
}
