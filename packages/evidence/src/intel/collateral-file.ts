/** Reads collateral files: Intel's verification collateral as one JSON object, the form in which tools hand it around. */
import { decodeBase64, decodeUtf8, isJsonObject, settle } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import { leafFirst } from '../x509/leaf-first.ts';
import { revocationListsIn } from '../x509/revocation-list-forms.ts';
import type { IntelCollateral } from './collateral.ts';
import { type EnvelopeMember, openEnvelope } from './signed-envelope.ts';

/** The most bytes that a collateral file may have. */
export const largestCollateralFile = 16 * 1024 * 1024;

function refuseFile(where: string, why: string): never {
  return refuse('collateral-file-malformed', where, why);
}

/** UTF-8, with or without a byte order mark. */
function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes, 'drop') ?? refuseFile('collateral', 'the file is not UTF-8');
}

const bytesOfText = (text: string): Uint8Array => new TextEncoder().encode(text);
const bytesOfHex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'hex'));

/** `tcb_info`, `tcbInfo` and `TcbInfo` are one name. */
const plainName = (name: string): string => name.replaceAll('_', '').toLowerCase();

function parseObject(text: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(withoutEnd(text.replace(/^\uFEFF/, '')));
  } catch {
    return refuseFile('collateral', 'the file is not JSON');
  }
  if (!isJsonObject(value)) return refuseFile('collateral', 'the file does not hold one JSON object');
  const members = Object.entries(value).filter(([, member]) => member !== null);
  const named = new Map(members.map(([name, member]) => [plainName(name), member]));
  if (named.size !== members.length) return refuseFile('collateral', 'a member occurs twice, in other letters');
  return named;
}

/** C strings bring the NUL that ends them. Counted from the end: a pattern would try each run of NULs from each of its places. */
function withoutEnd(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\0') end -= 1;
  return text.slice(0, end);
}

function isByteArray(value: unknown): value is readonly number[] {
  const isByte = (item: unknown): boolean => Number.isInteger(item) && Number(item) >= 0 && Number(item) <= 255;
  return Array.isArray(value) && value.length > 0 && value.every(isByte);
}

/** A member as text, or as an array of its bytes; without a closing NUL. */
function textMember(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(plainName(name));
  const text = isByteArray(value) ? withoutEnd(textOf(Uint8Array.from(value))) : value;
  if (typeof text === 'string' && withoutEnd(text) !== '') return withoutEnd(text);
  return refuseFile(
    name,
    isJsonObject(value) ? 'the signed text is needed as a string, exactly as signed' : 'a text is needed',
  );
}

/** Tools that have no chain leave the member out, or write null or something empty. */
function isNothing(value: unknown): boolean {
  if (typeof value === 'string') return withoutEnd(value).trim() === '';
  return value === undefined || (Array.isArray(value) && value.length === 0);
}

const chainMember = (members: ReadonlyMap<string, unknown>, name: string): string =>
  leafFirst(textMember(members, name));

/** An array of bytes, or bytes in hex or base64. */
function bytesMember(members: ReadonlyMap<string, unknown>, name: string): Uint8Array {
  const value = members.get(plainName(name));
  if (isByteArray(value)) return Uint8Array.from(value);
  const text = textMember(members, name).replaceAll(/\s+/g, '');
  if (/^[0-9a-fA-F]+$/.test(text) && text.length % 2 === 0) return bytesOfHex(text);
  const bytes = decodeBase64(text.replaceAll('=', ''));
  if (bytes !== undefined && bytes.length > 0) return bytes;
  return refuseFile(name, 'bytes in hex or base64 are needed, or an array');
}

function listMember(members: ReadonlyMap<string, unknown>, name: string): Uint8Array {
  const value = members.get(plainName(name));
  const bytes = isByteArray(value) ? Uint8Array.from(value) : bytesOfText(textMember(members, name));
  const [list, another] = revocationListsIn(bytes) ?? [];
  if (list !== undefined && another === undefined) return list;
  return refuseFile(name, 'a revocation list in DER, hex, base64 or PEM is needed');
}

/** A body with its signature beside it, or both in the envelope in which Intel's service sends them. */
function signedMember(
  members: ReadonlyMap<string, unknown>,
  name: 'tcb_info' | 'qe_identity',
  envelopes: readonly EnvelopeMember[],
): { readonly body: Uint8Array; readonly signature: Uint8Array } {
  const text = textMember(members, name);
  const signature = `${name}_signature`;
  if (members.has(plainName(signature))) return { body: bytesOfText(text), signature: bytesMember(members, signature) };
  const parts = envelopes.map((member) => openEnvelope(text, member)).find((opened) => opened !== undefined);
  if (parts === undefined) {
    return refuseFile(signature, `it is missing, and ${name} does not bring it in the envelope of Intel's service`);
  }
  return { body: bytesOfText(parts.body), signature: bytesOfHex(parts.signature) };
}

/**
 * Parses a collateral file: PEM chains in any order, revocation lists, JSON bodies as texts exactly as signed, signatures. The forms that are
 * accepted stand in docs/endorsements.md. Nothing is verified here.
 * @param bytes UTF-8 JSON, at most 16 MiB
 */
export function parseIntelCollateral(bytes: Uint8Array | string): Outcome<IntelCollateral> {
  return settle(() => {
    if (bytes.length > largestCollateralFile) return refuseFile('collateral', 'the file is larger than 16 MiB');
    const members = parseObject(typeof bytes === 'string' ? bytes : textOf(bytes));
    const tcbInfo = signedMember(members, 'tcb_info', ['tcbInfo']);
    const qeIdentity = signedMember(members, 'qe_identity', ['enclaveIdentity', 'qeIdentity']);
    const hasChain = !isNothing(members.get(plainName('pck_certificate_chain')));
    return {
      pckCrlIssuerChain: chainMember(members, 'pck_crl_issuer_chain'),
      rootCaCrl: listMember(members, 'root_ca_crl'),
      pckCrl: listMember(members, 'pck_crl'),
      tcbInfoIssuerChain: chainMember(members, 'tcb_info_issuer_chain'),
      tcbInfo: tcbInfo.body,
      tcbInfoSignature: tcbInfo.signature,
      qeIdentityIssuerChain: chainMember(members, 'qe_identity_issuer_chain'),
      qeIdentity: qeIdentity.body,
      qeIdentitySignature: qeIdentity.signature,
      ...(hasChain ? { pckCertificateChain: chainMember(members, 'pck_certificate_chain') } : {}),
    };
  });
}

/** Writes the same form. Signed bodies must be UTF-8, as Intel's are. */
export function writeIntelCollateral(collateral: IntelCollateral): string {
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
  const { pckCertificateChain } = collateral;
  return JSON.stringify({
    pck_crl_issuer_chain: collateral.pckCrlIssuerChain,
    root_ca_crl: hex(collateral.rootCaCrl),
    pck_crl: hex(collateral.pckCrl),
    tcb_info_issuer_chain: collateral.tcbInfoIssuerChain,
    tcb_info: text(collateral.tcbInfo),
    tcb_info_signature: hex(collateral.tcbInfoSignature),
    qe_identity_issuer_chain: collateral.qeIdentityIssuerChain,
    qe_identity: text(collateral.qeIdentity),
    qe_identity_signature: hex(collateral.qeIdentitySignature),
    ...(pckCertificateChain === undefined ? {} : { pck_certificate_chain: pckCertificateChain }),
  });
}
