/**
 * Parses what is sent to attest an SEV-SNP guest: the bare report, or the JSON document that guests of Azure send. Nothing here is trusted.
 * Source: Azure Attestation REST contract, AttestSevSnpVm; microsoft/confidential-sidecar-containers.
 */
import { decodeBase64, decodeUtf8, isJsonObject, readJson, settle, unwrap } from '@atesto/core';
import { type Outcome, refuse } from '../outcome.ts';
import type { SevSnpCode } from './codes.ts';
import { type ParsedSnpReport, parseSnpReport } from './report.ts';

/** A report with what was sent beside it. */
export interface ParsedSnpEvidence extends ParsedSnpReport {
  /** PEM: VCEK or VLEK certificate, then its authorities if any; undefined when none came. */
  readonly certificates: string | undefined;
  /** COSE_Sign1 messages about the utility VM. */
  readonly uvmEndorsements: readonly Uint8Array[];
}

const mostEndorsements = 16;
const openingBrace = 0x7b;
const whiteSpace: readonly number[] = [0x20, 0x09, 0x0a, 0x0d];

function malformed(where: string, need: string): never {
  const code: SevSnpCode = 'snp-evidence-malformed';
  return refuse(code, where, need);
}

/** Members of one object by their names in lower case: clients differ in case. Null counts as absent. */
class Members {
  readonly #values = new Map<string, unknown>();
  readonly #path: string;

  constructor(bytes: Uint8Array, path: string) {
    this.#path = path;
    for (const [name, value] of Object.entries(objectIn(bytes, path))) {
      const folded = name.toLowerCase();
      if (this.#values.has(folded)) malformed(path, 'two members differ only in case');
      if (value !== null) this.#values.set(folded, value);
    }
  }

  value(name: string): unknown {
    return this.#values.get(name.toLowerCase());
  }

  /** Base64 or base64url. An empty text counts as absent, because clients send it so. */
  bytes(name: string): Uint8Array | undefined {
    const value = this.value(name);
    return value === undefined || value === '' ? undefined : bytesOf(value, `${this.#path}.${name}`);
  }
}

function objectIn(bytes: Uint8Array, path: string): object {
  const reading = readJson(bytes);
  if (!reading.ok) return malformed(path, `JSON is needed: ${reading.fault.why}`);
  return isJsonObject(reading.value) ? reading.value : malformed(path, 'an object is needed');
}

function bytesOf(value: unknown, where: string): Uint8Array {
  const bytes = typeof value === 'string' ? decodeBase64(value.trim()) : undefined;
  return bytes ?? malformed(where, 'base64url is needed');
}

function pemOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes) ?? malformed('report.VcekCertChain', 'text in UTF-8 is needed');
}

function parseEndorsements(bytes: Uint8Array | undefined): Uint8Array[] {
  if (bytes === undefined) return [];
  const listed = new Members(bytes, 'report.Endorsements').value('Uvm') ?? [];
  const where = 'report.Endorsements.Uvm';
  if (!Array.isArray(listed) || listed.length > mostEndorsements) {
    return malformed(where, `a list of at most ${mostEndorsements} is needed`);
  }
  return listed.map((entry) => bytesOf(entry, where));
}

function isDocument(bytes: Uint8Array): boolean {
  return bytes.find((byte) => !whiteSpace.includes(byte)) === openingBrace;
}

function parseReport(bytes: Uint8Array): ParsedSnpReport {
  return unwrap(parseSnpReport(bytes));
}

/**
 * Parses evidence.
 * @param bytes a report of 1184 bytes, or JSON in UTF-8: `{SnpReport, VcekCertChain?, Endorsements?}`, each base64url of the report, of PEM,
 * and of JSON `{"Uvm": [base64url of a COSE_Sign1, …]}`
 */
export function parseSnpEvidence(bytes: Uint8Array): Outcome<ParsedSnpEvidence> {
  return settle(() => {
    if (!isDocument(bytes)) {
      return { ...parseReport(bytes), certificates: undefined, uvmEndorsements: [] };
    }
    const document = new Members(bytes, 'report');
    const reportBytes = document.bytes('SnpReport') ?? malformed('report.SnpReport', 'the report is needed');
    const chain = document.bytes('VcekCertChain');
    return {
      ...parseReport(reportBytes),
      certificates: chain === undefined ? undefined : pemOf(chain),
      uvmEndorsements: parseEndorsements(document.bytes('Endorsements')),
    };
  });
}
