/** Looks into what a TPM signs and what firmware logs. */
import { readEventLog, readTpmQuote } from '@atesto/evidence/advanced';
import { type Inspector, plain, plainFacts } from './inspection.ts';

/** TPM_GENERATED_VALUE, then TPM_ST_ATTEST_QUOTE. */
const quoteStart = Buffer.from('ff5443478018', 'hex');
const hashNames = new Map([
  [0x04, 'sha1'],
  [0x0b, 'sha256'],
  [0x0c, 'sha384'],
  [0x0d, 'sha512'],
]);
const hashName = (algorithm: number): string => hashNames.get(algorithm) ?? `algorithm ${algorithm}`;

/** What a TPM signed as a quote (TPMS_ATTEST). */
export const tpmQuote: Inspector = {
  recognises: (bytes) => quoteStart.equals(bytes.subarray(0, 6)),
  inspect: (bytes) => {
    const found = { kind: 'tpm-quote', title: 'TPM quote' };
    const parsed = readTpmQuote(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    const { selections, ...rest } = parsed.value;
    const pcrs = selections.map((bank) => ({ bank: hashName(bank.algorithm), pcrs: [...bank.pcrs] }));
    return { ok: true, ...found, facts: { ...plainFacts(rest), selections: pcrs } };
  },
};

/** The first event is in the old layout: a PCR, EV_NO_ACTION, 20 zeros, a size, then this. */
const specIdAt = 32;
const specId = Buffer.from('Spec ID Event03\0', 'latin1');

/** A measured-boot event log of firmware. */
export const eventLog: Inspector = {
  recognises: (bytes) => specId.equals(bytes.subarray(specIdAt, specIdAt + specId.length)),
  inspect: (bytes) => {
    const found = { kind: 'event-log', title: 'Event log of measured boot' };
    const parsed = readEventLog(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    const events = parsed.value.events.map(({ register, type, digests, data }) => ({
      register,
      type: `0x${type.toString(16).padStart(8, '0')}`,
      digests: Object.fromEntries([...digests].map(([algorithm, digest]) => [hashName(algorithm), plain(digest)])),
      dataBytes: data.length,
    }));
    const { algorithms, registers, secureBoot } = parsed.value;
    const facts = {
      algorithms: algorithms.map(hashName),
      registers: plain(registers),
      secureBoot: secureBoot ?? null,
      events,
    };
    return { ok: true, ...found, facts };
  },
};
