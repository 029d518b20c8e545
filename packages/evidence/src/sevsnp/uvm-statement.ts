/**
 * Reads the endorsement of a utility VM. Microsoft's builders write it in two forms: a JSON payload under text labels (`iss`,
 * `feed`, `signingtime`), and a COSE Hash Envelope under CWT claims, whose payload is the launch measurement itself.
 */
import { isJsonObject, readJson } from '@atesto/core';
import { refuse } from '../outcome.ts';
import { type CoseSign1, coseLabels } from './cose.ts';

/** A statement; nothing of it is trusted before its signature. */
export interface UvmStatement {
  /** did:x509. */
  readonly issuer: string;
  readonly feed: string;
  readonly svn: number;
  /** Lower-case hex, 96 digits. */
  readonly measurement: string;
  /** When it was signed, by the signer's word, in milliseconds since 1970. */
  readonly signedAt: number | undefined;
}

type Headers = ReadonlyMap<unknown, unknown>;

/** CWT claims (RFC 8392, section 4) and the one that the builders add. */
const claims = { issuer: 1, subject: 2, issuedAt: 6, svn: 'svn' } as const;
const sha384 = -43;
const measurementSize = 48;
const largestSvn = 0xffff_ffff;

function malformed(why: string): never {
  return refuse('uvm-malformed', 'UVM endorsement', why);
}

function textOf(value: unknown, name: string): string {
  return typeof value === 'string' && value !== '' ? value : malformed(`the protected header has no ${name}`);
}

/** A whole number, which older endorsements write as text. */
function svnOf(value: unknown): number {
  const svn = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof svn === 'number' && Number.isInteger(svn) && svn >= 0 && svn <= largestSvn) return svn;
  return malformed('it names no security version');
}

function signedAtOf(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isSafeInteger(value * 1000) && value >= 0) return value * 1000;
  return malformed('the signing time is not a number of seconds');
}

function parsePayload(payload: Uint8Array): ReadonlyMap<string, unknown> {
  const reading = readJson(payload);
  if (!reading.ok) return malformed(`the payload cannot be read: ${reading.fault.why}`);
  return new Map(Object.entries(isJsonObject(reading.value) ? reading.value : {}));
}

function parseJsonForm(headers: Headers, payload: Uint8Array): UvmStatement {
  const members = parsePayload(payload);
  const measurement = members.get('x-ms-sevsnpvm-launchmeasurement');
  if (typeof measurement !== 'string' || !/^[0-9a-fA-F]{96}$/.test(measurement)) {
    return malformed('the payload names no launch measurement of 48 bytes');
  }
  return {
    issuer: textOf(headers.get('iss'), 'iss'),
    feed: textOf(headers.get('feed'), 'feed'),
    svn: svnOf(members.get('x-ms-sevsnpvm-guestsvn')),
    measurement: measurement.toLowerCase(),
    signedAt: signedAtOf(headers.get('signingtime')),
  };
}

function parseHashEnvelope(headers: Headers, payload: Uint8Array): UvmStatement {
  if (payload.length !== measurementSize) return malformed('the payload is not a launch measurement of 48 bytes');
  const cwt = headers.get(coseLabels.cwtClaims);
  if (!(cwt instanceof Map)) return malformed('the protected header has no CWT claims');
  return {
    issuer: textOf(cwt.get(claims.issuer), 'issuer'),
    feed: textOf(cwt.get(claims.subject), 'subject'),
    svn: svnOf(cwt.get(claims.svn)),
    measurement: Buffer.from(payload).toString('hex'),
    signedAt: signedAtOf(cwt.get(claims.issuedAt)),
  };
}

/** Reads the statement of a message; refuses by throwing within this package. */
export function parseUvmStatement({ headers, payload }: CoseSign1): UvmStatement {
  const contentType = headers.get(coseLabels.contentType);
  if (contentType === 'application/json') return parseJsonForm(headers, payload);
  const isEnvelope =
    contentType === undefined &&
    headers.get(coseLabels.payloadHashAlgorithm) === sha384 &&
    headers.get(coseLabels.preimageContentType) === 'application/octet-stream';
  return isEnvelope ? parseHashEnvelope(headers, payload) : malformed('its content type is not known');
}
