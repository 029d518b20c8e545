/** Looks into attestation tokens. */
import { inspectToken } from '@atesto/relying-party';
import { type Inspector, plainFacts } from './inspection.ts';

const tokenForm = /^\s*[\w-]{10,}\.[\w-]{10,}\.[\w-]*\s*$/;
const largestToken = 1024 * 1024;
const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** A token, with its signature unverified. */
export const attestationToken: Inspector = {
  recognises: (bytes) => bytes.length <= largestToken && tokenForm.test(textOf(bytes)),
  inspect: (bytes) => {
    const found = { kind: 'token', title: 'JSON Web Token' };
    const outcome = inspectToken(textOf(bytes).trim());
    if (!outcome.ok) return { ok: false, ...found, refusal: outcome.refusal };
    return { ok: true, ...found, facts: plainFacts(outcome.value) };
  },
};
