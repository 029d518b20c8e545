/** Reads the `bytes` members of the contract: base64url without padding, and what its real clients send instead. */
import { decodeBase64 } from '@atesto/core';
import { refuse } from '../refuse.ts';

/**
 * Decodes base64url or base64, with or without padding, white space around it allowed. Refuses everything else with
 * `base64url-invalid`. `where` names the member.
 */
export function decodeBase64url(text: string, where: string): Uint8Array {
  return decodeBase64(text.trim()) ?? refuse('base64url-invalid', where, 'it must be base64url without padding');
}
