/** Verifies stored policies when they are loaded, by the rules by which they were set: rows of the database are not trusted. */
import { settle } from '@atesto/core';
import type { VerifyStoredPolicy } from '../providers/stored-policy.ts';
import { parsePolicy } from './document.ts';
import { checkTrusted } from './trust.ts';

/** Verifies a row by the trust model of its provider. Certificates are judged at the time of the change that stored it. */
export const verifyStoredPolicy: VerifyStoredPolicy = (owner, { attestationType, content, origin }) => {
  const where = `policy/${attestationType}`;
  return settle(() => {
    const { text, jws } = parsePolicy(content ?? '', where);
    const signer = checkTrusted(jws, owner, new Date(origin.atMs), where);
    return { text, ...(signer === undefined ? {} : { signer }) };
  });
};
