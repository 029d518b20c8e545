/**
 * Parses what an Azure guest sends about itself. Nothing here is trusted.
 * Source: Azure Attestation REST contract, AttestAzureGuest ("attestationInfo"); protocol version 2.0 of its guest clients.
 */
import { JsonMembers, type JsonValue, settle, unwrap } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { ParsedSnpEvidence } from '../sevsnp/document.ts';
import { parseSnpReport } from '../sevsnp/report.ts';
import { type ParsedTdxEvidence, readTdxEvidence } from '../tdx/parse.ts';
import type { PcrValues } from '../tpm/quote.ts';
import type { AzureCode } from './codes.ts';

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
      /** Its certificates are those of `VcekCertChain`; it brings no endorsements of a utility VM. */
      readonly evidence: ParsedSnpEvidence;
    }
  | { readonly type: 'Tdx'; readonly evidence: ParsedTdxEvidence };

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

/** An integer, which one client writes as a string of digits. */
function integerOf(value: JsonValue | undefined, where: string, maximum: number): number {
  const number = typeof value === 'string' && /^\d{1,10}$/.test(value) ? Number(value) : value;
  if (typeof number === 'number' && Number.isInteger(number) && number >= 0 && number <= maximum) return number;
  return refuseGuest('azure-guest-malformed', where, `it must be an integer from 0 to ${maximum}`);
}

function parsePcrs(tpm: JsonMembers): PcrValues {
  const listed = tpm.objects('PCRs', pcrCount);
  const pcrs = new Map(
    listed.map(
      (pcr) => [integerOf(pcr.value('Index'), `${pcr.path}.Index`, pcrCount - 1), pcr.bytes('Digest')] as const,
    ),
  );
  const named = tpm.array('PcrSet', pcrCount).map((value) => integerOf(value, `${tpm.path}.PcrSet`, pcrCount - 1));
  const counts = [listed.length, named.length, new Set(named).size];
  if (counts.some((count) => count !== pcrs.size) || !named.every((pcr) => pcrs.has(pcr))) {
    refuseGuest('azure-guest-pcrs', `${tpm.path}.PcrSet`, 'it must name each member of PCRs once');
  }
  return pcrs;
}

function parseTpm(tpm: JsonMembers): GuestTpm {
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
function parseSnpProof(evidence: JsonMembers): GuestProof {
  const path = `${evidence.path}.Proof`;
  const proof =
    typeof evidence.value('Proof') === 'string'
      ? JsonMembers.parse(evidence.bytes('Proof'), path, 'azure-guest-malformed')
      : evidence.object('Proof');
  const report = unwrap(parseSnpReport(proof.bytes('SnpReport')));
  const chain = proof.text('VcekCertChain');
  const certificates = chain.trim() === '' ? undefined : chain;
  return { type: 'SevSnp', evidence: { ...report, certificates, uvmEndorsements: [] } };
}

function parseProof(isolation: JsonMembers): GuestProof {
  const type = isolation.string('Type');
  switch (type) {
    case 'SevSnp':
      return parseSnpProof(isolation.object('Evidence'));
    case 'Tdx':
      return { type, evidence: readTdxEvidence(isolation.object('Evidence').bytes('Proof')) };
    default:
      return refuseGuest(
        'azure-guest-isolation',
        `${isolation.path}.Type`,
        'only SevSnp and Tdx are attested: a vTPM of Trusted Launch is vouched for by nobody but its host',
      );
  }
}

function parseOs(info: JsonMembers): GuestOs {
  return {
    type: info.text('OSType'),
    distro: info.text('OSDistro'),
    build: info.text('OSBuild'),
    versionMajor: integerOf(info.value('OSVersionMajor'), `${info.path}.OSVersionMajor`, largestVersion),
    versionMinor: integerOf(info.value('OSVersionMinor'), `${info.path}.OSVersionMinor`, largestVersion),
  };
}

/** Reads the document; refuses by throwing. */
function readAzureGuest(bytes: Uint8Array): ParsedAzureGuest {
  const info = JsonMembers.parse(bytes, 'attestationInfo', 'azure-guest-malformed');
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

/** Parses the JSON document that `attestationInfo` holds, with the hardware evidence in it. */
export function parseAzureGuest(bytes: Uint8Array): Outcome<ParsedAzureGuest> {
  return settle(() => readAzureGuest(bytes));
}
