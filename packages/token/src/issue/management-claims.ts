/** Assembles the claims of a signed reply to a policy or certificate operation. */
import { type JsonObject, settle } from '@atesto/core';
import { refuse, type TokenOutcome } from '../refusal.ts';
import { frameClaims, type TokenFrame } from './times.ts';

/** Lifetime of management replies as Azure Attestation issues them. */
export const managementLifetimeSeconds = 3600;

/** A management reply: its issuer, and the operation's own claims (`x-ms-policy-result` and others). */
export interface ManagementReply extends TokenFrame {
  readonly claims: JsonObject;
}

/** `exp`, `iat`, `iss`, `nbf` and the operation's claims, nothing else. Lifetime 3600 seconds unless given. */
export function managementClaims(reply: ManagementReply): TokenOutcome<JsonObject> {
  return settle(() => {
    const frame = frameClaims(reply, managementLifetimeSeconds);
    const collision = Object.keys(reply.claims).find((name) => Object.hasOwn(frame, name));
    if (collision !== undefined) {
      refuse('claim-collision', collision, `the operation must not set ${collision}, which every token carries`);
    }
    return { ...reply.claims, ...frame };
  });
}
