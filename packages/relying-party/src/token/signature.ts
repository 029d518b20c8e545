/** Verifies the signature of a token. */
import { type CryptoKey, compactVerify, errors } from 'jose';
import type { AcceptedAlgorithm } from '../keys/algorithms.ts';
import { refuse } from '../refusal.ts';

/** Refuses with `signature-invalid`; with `token-malformed` what jose does not take for a token. */
export async function checkSignature(token: string, key: CryptoKey, algorithm: AcceptedAlgorithm): Promise<void> {
  try {
    await compactVerify(token, key, { algorithms: [algorithm] });
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) {
      refuse('signature-invalid', 'signature', 'the signature does not verify under the key that the token names');
    }
    if (error instanceof errors.JOSEError) refuse('token-malformed', 'header', 'the header cannot be understood');
    throw error;
  }
}
