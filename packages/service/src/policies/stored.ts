/** Does a stored policy count when it is loaded? By the same rules as when it was set: a row is not trusted for being there. */
import { RequestRefused } from '../http/refusal.ts';
import type { VerifyStoredPolicy } from '../providers/stored-policy.ts';
import { parsePolicy } from './document.ts';
import { checkTrusted } from './trust.ts';

/** Verifies a row by the trust model of its provider. Certificates are judged at the time of the change that stored it. */
export const verifyStoredPolicy: VerifyStoredPolicy = (owner, { attestationType, content, origin }) => {
  const where = `policy/${attestationType}`;
  try {
    const { text, jws } = parsePolicy(content ?? '', where);
    const signer = checkTrusted(jws, owner, new Date(origin.atMs), where);
    return { ok: true, value: { text, ...(signer === undefined ? {} : { signer }) } };
  } catch (error) {
    if (error instanceof RequestRefused) return { ok: false, refusal: error.refusal };
    throw error;
  }
};
