/** Step 5: the relying party fetches the service's keys, verifies the token, and decides. */
import { type AttestedData, createTrustingFetch } from '@atesto/client';
import { readJson } from '@atesto/core';
import type { SgxReportBody } from '@atesto/evidence';
import {
  createVerifier,
  inspectToken,
  type Outcome,
  type RuntimeDataExpectation,
  type SgxExpectations,
  type VerifiedToken,
} from '@atesto/relying-party';
import { misused } from '../failure.ts';
import { jsonText } from '../token/json.ts';
import type { Cast } from './cast.ts';
import type { Narrator } from './narrator.ts';
import type { Stage } from './stage.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** What this relying party wants: the very enclave, not debuggable, with the data and the nonce. */
export function expectationsFor(cast: Cast, body: SgxReportBody, nonce: string, allowDebug: boolean): SgxExpectations {
  return {
    attestationType: 'sgx',
    mrSigner: hex(body.mrSigner),
    mrEnclave: hex(body.mrEnclave),
    productId: body.isvProdId,
    minimumSvn: body.isvSvn,
    policyHash: 'any',
    nonce: { equals: nonce },
    runtimeData: expectedData(cast.runtimeData),
    debuggable: allowDebug ? 'any' : false,
    developmentRoot: cast.developmentRoot === undefined ? false : 'any',
  };
}

function expectedData(data: AttestedData | undefined): RuntimeDataExpectation {
  if (data === undefined) return 'any';
  if ('binary' in data) return { bytes: data.binary };
  const reading = readJson(data.json);
  return reading.ok ? { json: reading.value } : misused(`the runtime data cannot be read: ${reading.fault.why}`);
}

/** Verifies the token as a relying party that knows nothing but the service's URI and its own expectations. */
export function rely(
  { service, ca, clock }: Stage,
  token: string,
  expectations: SgxExpectations,
): Promise<Outcome<VerifiedToken>> {
  return createVerifier({ issuers: [service.url], expectations, fetch: createTrustingFetch(ca), clock }).verify(token);
}

/** The token as anyone can read it. */
export function tellToken(token: string, tell: Narrator): void {
  const inspected = inspectToken(token);
  if (!inspected.ok) throw new Error('the service issued a token that cannot be read');
  tell.say('The token, decoded:');
  tell.block(jsonText(inspected.value.header, 2));
  tell.block(jsonText(inspected.value.claims, 2));
}

/** The verdict. */
export function tellVerdict(verdict: Outcome<VerifiedToken>, { service }: Stage, cast: Cast, tell: Narrator): void {
  if (!verdict.ok) {
    tell.refused(verdict.refusal.why, verdict.refusal.code);
    return;
  }
  const { keyId, algorithm, expiresAt } = verdict.value;
  tell.checked('signature', `${algorithm} by key ${keyId}, fetched from ${service.url}/certs`);
  tell.checked('issuer and time', `${service.url}; holds until ${expiresAt.toISOString()}`);
  tell.checked('enclave', 'MRENCLAVE, MRSIGNER, product and security version are the expected ones');
  tell.checked('nonce', 'the one that this relying party chose');
  if (cast.runtimeData !== undefined) tell.checked('runtime data', 'the expected data is bound to the enclave');
}
