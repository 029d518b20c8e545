/** Reads the answers of a certification service to bytes, as signed. Source: Intel PCS API, version 4; PCCS of Intel's DCAP. */
import { revocationListsIn } from '../files/revocation-list-forms.ts';
import type { HttpAnswer } from '../http/client.ts';
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

function mediaType(answer: HttpAnswer): string {
  return (answer.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

function text(body: Uint8Array, where: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return refuseShape(where, 'the answer is not UTF-8');
  }
}

/** An issuer chain, percent-encoded in the first of the headers that is there. */
export function issuerChain(answer: HttpAnswer, names: readonly string[], where: string): string {
  const value = names.map((name) => answer.header(name)).find((header) => header !== undefined);
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
  return chain;
}

function isJsonObject(json: string): boolean {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Takes `{"<member>":{…},"signature":"<hex>"}` apart without writing it anew: the signature covers the bytes of the inner object.
 * Head and tail are matched and what lies between must be one JSON object by itself, so there is one reading only.
 */
export function signedBody(
  answer: HttpAnswer,
  member: string,
  chainHeaders: readonly string[],
  scope: ItemScope,
  where: string,
): SignedBody {
  checkStatus(answer, scope, where);
  if (mediaType(answer) !== 'application/json') return refuseShape(where, 'the answer is not of type application/json');
  const json = text(answer.body, where);
  const head = new RegExp(`^\\s*\\{\\s*"${member}"\\s*:\\s*`).exec(json)?.[0];
  const tail = /\s*,\s*"signature"\s*:\s*"([0-9a-fA-F]{128})"\s*\}\s*$/.exec(json.slice(-1024));
  const [end, signature] = tail ?? [];
  if (head === undefined || end === undefined || signature === undefined || json.length < head.length + end.length) {
    return refuseShape(where, `the answer is not {"${member}":{…},"signature":"…"}`);
  }
  const body = json.slice(head.length, json.length - end.length);
  if (!isJsonObject(body)) return refuseShape(where, `${member} is not one JSON object`);
  return {
    body: Buffer.from(body),
    signature: Buffer.from(signature, 'hex'),
    issuerChain: issuerChain(answer, chainHeaders, where),
  };
}

/** DER of a revocation list that came as DER, hex, base64 or PEM: services differ whatever encoding is asked for. */
export function revocationList(answer: HttpAnswer, where: string): Uint8Array {
  checkStatus(answer, 'service', where);
  if (/html|json/.test(mediaType(answer))) return refuseShape(where, `a revocation list is not ${mediaType(answer)}`);
  const [list, another] = revocationListsIn(answer.body) ?? [];
  if (list !== undefined && another === undefined) return list;
  return refuseShape(where, 'the revocation list is neither DER nor hex nor base64 nor PEM');
}

/** PEM chain of a PCK certificate: leaf, CA, root. */
export function pckCertificateChain(answer: HttpAnswer, where: string): string {
  checkStatus(answer, 'platform', where);
  const leaf = text(answer.body, where).trim();
  if (!/^-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----$/.test(leaf)) {
    return refuseShape(where, 'the answer is not one certificate in PEM');
  }
  return `${leaf}\n${issuerChain(answer, ['SGX-PCK-Certificate-Issuer-Chain'], where)}`;
}
