/** Reads collateral files: Intel's verification collateral as one JSON object, the form in which tools hand it around. */
import { type IntelCollateral, type Outcome, refuse, settle } from '@atesto/evidence';
import type { EndorsementCode } from '../codes.ts';

/** Bytes. */
export const largestBundle = 16 * 1024 * 1024;

function refuseBundle(where: string, why: string): never {
  const code: EndorsementCode = 'bundle-malformed';
  return refuse(code, where, why);
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuseBundle('collateral', 'the file is not UTF-8');
  }
}

function parseObject(text: string): ReadonlyMap<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuseBundle('collateral', 'the file is not JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuseBundle('collateral', 'the file does not hold one JSON object');
  }
  return new Map(Object.entries(value));
}

function textMember(members: ReadonlyMap<string, unknown>, name: string): string {
  const value = members.get(name);
  return typeof value === 'string' && value !== '' ? value : refuseBundle(name, 'a text is needed');
}

/** Bytes in hex, base64, or PEM: services and tools differ. */
function bytesMember(members: ReadonlyMap<string, unknown>, name: string): Uint8Array {
  const text = textMember(members, name).trim();
  if (/^[0-9a-fA-F]+$/.test(text) && text.length % 2 === 0) return Buffer.from(text, 'hex');
  const base64 = text.replaceAll(/-----(?:BEGIN|END) X509 CRL-----|\s/g, '');
  const bytes = Buffer.from(base64, 'base64');
  const isCanonical = bytes.toString('base64').replaceAll('=', '') === base64.replaceAll('=', '');
  return bytes.length > 0 && isCanonical ? bytes : refuseBundle(name, 'bytes in hex, base64 or PEM are needed');
}

/**
 * Parses a collateral file: PEM chains, revocation lists as hex (or base64, PEM), JSON bodies as texts exactly as signed, signatures
 * as hex. Nothing is verified here.
 * @param bytes UTF-8 JSON, at most 16 MiB
 */
export function parseIntelCollateralBundle(bytes: Uint8Array | string): Outcome<IntelCollateral> {
  return settle(() => {
    if (bytes.length > largestBundle) return refuseBundle('collateral', 'the file is larger than 16 MiB');
    const members = parseObject(typeof bytes === 'string' ? bytes : decodeUtf8(bytes));
    const pckCertificateChain = members.has('pck_certificate_chain')
      ? textMember(members, 'pck_certificate_chain')
      : undefined;
    return {
      pckCrlIssuerChain: textMember(members, 'pck_crl_issuer_chain'),
      rootCaCrl: bytesMember(members, 'root_ca_crl'),
      pckCrl: bytesMember(members, 'pck_crl'),
      tcbInfoIssuerChain: textMember(members, 'tcb_info_issuer_chain'),
      tcbInfo: Buffer.from(textMember(members, 'tcb_info')),
      tcbInfoSignature: bytesMember(members, 'tcb_info_signature'),
      qeIdentityIssuerChain: textMember(members, 'qe_identity_issuer_chain'),
      qeIdentity: Buffer.from(textMember(members, 'qe_identity')),
      qeIdentitySignature: bytesMember(members, 'qe_identity_signature'),
      ...(pckCertificateChain === undefined ? {} : { pckCertificateChain }),
    };
  });
}

/** Writes the same form. Signed bodies must be UTF-8, as Intel's are. */
export function writeIntelCollateralBundle(collateral: IntelCollateral): string {
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
