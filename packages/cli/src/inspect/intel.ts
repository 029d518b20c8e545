/** Looks into quotes of Intel's: SGX, bare or in a container of the Open Enclave SDK, and TDX. */
import {
  type IntelLookup,
  lookupFor,
  type ParsedQuote,
  type ParsedTdxEvidence,
  parseSgxEvidence,
  parseTdxEvidence,
} from '@atesto/evidence/advanced';
import { sgx } from '../verify/sgx.ts';
import { tdx } from '../verify/tdx.ts';
import { type Facts, type Inspection, type Inspector, plainFacts, plainMembers } from './inspection.ts';

/** Version 3, 4 or 5, then a kind of attestation key: both 16 bits, little-endian. */
function isQuote(bytes: Uint8Array): boolean {
  const [version = 0, high = 1, keyType = 0, keyTypeHigh = 1] = bytes;
  return version >= 3 && version <= 5 && high === 0 && keyType >= 1 && keyType <= 3 && keyTypeHigh === 0;
}

const sgxEcdsaFormat = Buffer.from('a3a21e871b4d4014b70aa125d2fbcd8c', 'hex');
const reportHeader = Buffer.of(1, 0, 0, 0, 2, 0, 0, 0);

function isContainer(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 24));
  return (
    start.subarray(0, 8).equals(reportHeader) || [0, 4].some((at) => start.subarray(at, at + 16).equals(sgxEcdsaFormat))
  );
}

const isTdx = (bytes: Uint8Array): boolean => isQuote(bytes) && bytes[4] === 0x81;

function quoteFacts(quote: ParsedQuote): Facts {
  const lookup = lookupFor(quote);
  return plainMembers([
    ['quoteVersion', quote.version],
    ['attestationKeyType', quote.attestationKeyType],
    ['certificationDataType', quote.certification.type],
    ['trailingBytes', quote.trailingBytes],
    ['platform', lookup.ok ? platformOf(lookup.value) : undefined],
  ]);
}

/** What the PCK certificate says; only its id when the quote does not carry it. */
function platformOf(lookup: IntelLookup): object {
  if (lookup.kind === 'pck-certificate') return lookup.id;
  const { fmspc, pceId, ca } = lookup.needed;
  return { fmspc, pceId, ca };
}

/** The facts of a TDX quote and its body. */
export function tdxFacts({ quote, body }: ParsedTdxEvidence): Facts {
  return { ...quoteFacts(quote), body: plainFacts(tdx.bodyFacts(body)) };
}

/** A quote of a TDX trust domain. */
export const tdxQuote: Inspector = {
  recognises: isTdx,
  inspect: (bytes): Inspection => {
    const found = { kind: 'tdx-quote', title: 'TDX quote' };
    const parsed = parseTdxEvidence(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    return { ok: true, ...found, facts: tdxFacts(parsed.value) };
  },
};

/** A quote of an SGX enclave, bare or in a container. */
export const sgxQuote: Inspector = {
  recognises: (bytes) => isContainer(bytes) || (isQuote(bytes) && !isTdx(bytes)),
  inspect: (bytes): Inspection => {
    const found = isContainer(bytes)
      ? { kind: 'open-enclave', title: 'SGX quote in a container of the Open Enclave SDK' }
      : { kind: 'sgx-quote', title: 'SGX quote' };
    const parsed = parseSgxEvidence(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    const { quote, body, openEnclave } = parsed.value;
    const container = openEnclave === undefined ? {} : { openEnclave: plainFacts(openEnclave) };
    return { ok: true, ...found, facts: { ...quoteFacts(quote), ...container, body: plainFacts(sgx.bodyFacts(body)) } };
  },
};
