/**
 * What does an Azure guest send about itself? Nothing here is trusted.
 * Source: Azure Attestation REST contract, AttestAzureGuest ("attestationInfo"); protocol version 2.0 of its guest clients.
 */
import { type Outcome, refuse, settle } from '@atesto/core';
import type { PcrValues } from '../tpm/quote.ts';
import type { AzureCode } from './codes.ts';
import { GuestObject } from './guest-json.ts';

const protocolVersion = '2.0';
const pcrCount = 24;
const largestVersion = 0x7fff_ffff;

/** What the operating system says of itself: no measurement covers it. */
export interface GuestOs {
  readonly type: string;
  readonly distro: string;
  readonly build: string;
  readonly versionMajor: number;
  readonly versionMinor: number;
}

/** What the guest's vTPM made. */
export interface GuestTpm {
  /** TPM2B_PUBLIC of the attestation key. */
  readonly attestationKey: Uint8Array;
  /** TPMS_ATTEST. */
  readonly quote: Uint8Array;
  readonly quoteSignature: Uint8Array;
  /** SHA-256 PCR values by number. */
  readonly pcrs: PcrValues;
  /** TPM2B_PUBLIC of the key to which the reply is sealed. */
  readonly encryptionKey: Uint8Array;
  /** TPMS_ATTEST of TPM2_Certify over that key. */
  readonly certification: Uint8Array;
  readonly certificationSignature: Uint8Array;
}

/** The hardware evidence of a guest. */
export type GuestProof =
  | {
      readonly type: 'SevSnp';
      /** 1184 bytes. */
      readonly report: Uint8Array;
      /** PEM: VCEK first, then its authorities. */
      readonly certificates: string;
    }
  | { readonly type: 'Tdx'; readonly quote: Uint8Array };

/** The parsed document. */
export interface ParsedAzureGuest {
  readonly protocolVersion: string;
  readonly os: GuestOs;
  /** By name, base64 as the caller sent it: no evidence commits to it. */
  readonly clientPayload: Readonly<Record<string, string>>;
  /** Empty: none. */
  readonly eventLog: Uint8Array;
  readonly tpm: GuestTpm;
  readonly proof: GuestProof;
  /** JSON in UTF-8 of the runtime claims. */
  readonly runtimeClaims: Uint8Array;
}

function refuseGuest(code: AzureCode, where: string, why: string): never {
  refuse(code, where, why);
}

function parsePcrs(tpm: GuestObject): PcrValues {
  const listed = tpm.array('PCRs', pcrCount).map((value) => new GuestObject(value, `${tpm.path}.PCRs`));
  const pcrs = new Map(listed.map((pcr) => [pcr.integer('Index', pcrCount - 1), pcr.bytes('Digest')] as const));
  const named = tpm.integers('PcrSet', pcrCount, pcrCount - 1);
  const counts = [listed.length, named.length, new Set(named).size];
  if (counts.some((count) => count !== pcrs.size) || !named.every((pcr) => pcrs.has(pcr))) {
    refuseGuest('azure-guest-pcrs', `${tpm.path}.PcrSet`, 'it must name each member of PCRs once');
  }
  return pcrs;
}

function parseTpm(tpm: GuestObject): GuestTpm {
  return {
    attestationKey: tpm.bytes('AikPub'),
    quote: tpm.bytes('PcrQuote'),
    quoteSignature: tpm.bytes('PcrSignature'),
    pcrs: parsePcrs(tpm),
    encryptionKey: tpm.bytes('EncKeyPub'),
    certification: tpm.bytes('EncKeyCertifyInfo'),
    certificationSignature: tpm.bytes('EncKeyCertifyInfoSignature'),
  };
}

/** The proof of SEV-SNP is base64 of a JSON document; one client writes the document itself. */
function parseSnpProof(evidence: GuestObject): GuestProof {
  const path = `${evidence.path}.Proof`;
  const proof =
    typeof evidence.value('Proof') === 'string'
      ? GuestObject.parse(evidence.bytes('Proof'), path)
      : evidence.object('Proof');
  return { type: 'SevSnp', report: proof.bytes('SnpReport'), certificates: proof.text('VcekCertChain') };
}

function parseProof(isolation: GuestObject): GuestProof {
  const type = isolation.string('Type');
  switch (type) {
    case 'SevSnp':
      return parseSnpProof(isolation.object('Evidence'));
    case 'Tdx':
      return { type, quote: isolation.object('Evidence').bytes('Proof') };
    default:
      return refuseGuest(
        'azure-guest-isolation',
        `${isolation.path}.Type`,
        'only SevSnp and Tdx are attested: a vTPM of Trusted Launch is vouched for by nobody but its host',
      );
  }
}

function parseOs(info: GuestObject): GuestOs {
  return {
    type: info.text('OSType'),
    distro: info.text('OSDistro'),
    build: info.text('OSBuild'),
    versionMajor: info.integer('OSVersionMajor', largestVersion),
    versionMinor: info.integer('OSVersionMinor', largestVersion),
  };
}

/** Reads the document; refuses by throwing within this package. */
export function readAzureGuest(bytes: Uint8Array): ParsedAzureGuest {
  const info = GuestObject.parse(bytes, 'attestationInfo');
  if (info.string('AttestationProtocolVersion') !== protocolVersion) {
    refuseGuest('azure-guest-protocol', 'attestationInfo.AttestationProtocolVersion', 'only 2.0 is known');
  }
  const isolation = info.object('IsolationInfo');
  const proof = parseProof(isolation);
  const payload = info.object('ClientPayload');
  return {
    protocolVersion,
    os: parseOs(info),
    clientPayload: Object.fromEntries(payload.names().map((name) => [name, payload.string(name)])),
    eventLog: info.bytes('TcgLogs'),
    tpm: parseTpm(info.object('TpmInfo')),
    proof,
    runtimeClaims: isolation.object('Evidence').bytes('RunTimeData'),
  };
}

/** Parses the JSON document that `attestationInfo` holds. */
export function parseAzureGuest(bytes: Uint8Array): Outcome<ParsedAzureGuest> {
  return settle(() => readAzureGuest(bytes));
}
