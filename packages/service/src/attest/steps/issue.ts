/** Step 8: the claims of the service, the appraisal and the policy become a token. */
import { randomBytes } from 'node:crypto';
import { unwrap } from '@atesto/core';
import {
  type AttestationFacts,
  attestationClaims,
  type ClaimedData,
  issueUnsecuredToken,
  type JsonObject,
} from '@atesto/token';
import { signToken } from '../../keys/sign-token.ts';
import type { Provider } from '../../providers/provider.ts';
import { PartFailed } from '../../refuse.ts';
import type { AttestedData, AttestRequest } from '../request.ts';
import type { AttestationType } from '../types/attestation-type.ts';
import type { PolicyVerdict } from './evaluate.ts';

/** A delivered token and its `jti`. */
export interface IssuedToken {
  readonly token: string;
  readonly tokenId: string;
}

/** Issues the token; under a draft policy it is unsecured. Refuses when the policy's claims contradict the others. */
export async function issue<Appraisal>(
  type: Pick<AttestationType<never, never, Appraisal>, 'claim' | 'isDevelopment'>,
  appraisal: Appraisal,
  request: AttestRequest,
  verdict: PolicyVerdict,
  { uri, keys, tokenLifetimeSeconds }: Provider,
  at: Date,
): Promise<IssuedToken> {
  const jti = tokenIdAt(at);
  const facts: AttestationFacts = {
    issuer: uri,
    issuedAt: at,
    lifetimeSeconds: tokenLifetimeSeconds,
    jti,
    attestationType: type.claim,
    policyHash: verdict.policyHash,
    ...(verdict.policySigner === undefined ? {} : { policySigner: verdict.policySigner }),
    ...(request.nonce === undefined ? {} : { nonce: request.nonce }),
    ...(request.runtimeData === undefined ? {} : { runtimeData: claimed(request.runtimeData) }),
    ...(request.initTimeData === undefined ? {} : { initTimeData: claimed(request.initTimeData) }),
    appraisalClaims: Object.entries(verdict.appraisalClaims),
    policyClaims: verdict.issued,
    developmentRoot: type.isDevelopment(appraisal),
  };
  const claims = unwrap(attestationClaims(facts));
  const token = verdict.inForce === undefined ? unsecured(claims) : await signToken(keys.current(at), claims);
  return { token, tokenId: jti.toString('hex') };
}

function unsecured(claims: JsonObject): string {
  const issued = issueUnsecuredToken(claims);
  if (issued.ok) return issued.value;
  throw new PartFailed(issued.refusal, 'token', 'defect');
}

function claimed({ bytes, json }: AttestedData): ClaimedData {
  return json === undefined ? { bytes } : { json };
}

/** 32 bytes: 6 of the time in milliseconds, so that the index of the audit record grows at one end, and 26 random ones. */
function tokenIdAt(at: Date): Buffer {
  const id = randomBytes(32);
  id.writeUIntBE(at.getTime(), 0, 6);
  return id;
}
