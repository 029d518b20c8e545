/** Looks into policies as they are sent to a service and answered by it. */
import { policyHash } from '@atesto/policy';
import { policyIn } from '../policy/jws.ts';
import type { Inspector } from './inspection.ts';

const largest = 2 * 1024 * 1024;
const jwsForm = /^\s*[\w-]{10,}\.[\w-]+\.[\w-]*\s*$/;

function policyOf(bytes: Uint8Array) {
  if (bytes.length > largest) return undefined;
  const text = Buffer.from(bytes).toString('latin1');
  return jwsForm.test(text) ? policyIn(text.trim()) : undefined;
}

export const attestationPolicy: Inspector = {
  recognises: (bytes) => policyOf(bytes) !== undefined,
  inspect: (bytes) => {
    const found = { kind: 'policy', title: 'Attestation policy' };
    const policy = policyOf(bytes);
    if (policy === undefined || policy === 'none') return { ok: true, ...found, facts: { text: null } };
    const { text, isSigned } = policy;
    return { ok: true, ...found, facts: { isSigned, hash: policyHash(text), text } };
  },
};
