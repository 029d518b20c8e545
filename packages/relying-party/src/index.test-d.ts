/** Pins the types of the public API: this file only has to compile. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  createVerifier,
  type Expectations,
  type inspectToken,
  type Outcome,
  type RelyingPartyCode,
  requireAttestation,
  type UntrustedToken,
  type VerifiedToken,
  type Verifier,
  withAttestation,
} from './index.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const verifier: Verifier;
declare const request: IncomingMessage;
declare const response: ServerResponse;
declare const untrusted: UntrustedToken;

same<ReturnType<typeof verifier.verify>, Promise<Outcome<VerifiedToken>>>(true);
same<ReturnType<typeof inspectToken>, Outcome<UntrustedToken>>(true);

const common = { policyHash: 'any', nonce: 'any', runtimeData: 'any' } as const;
const enclave = { ...common, attestationType: 'sgx', mrSigner: 'any', mrEnclave: 'any', productId: 'any' } as const;
const complete: Expectations = { ...enclave, minimumSvn: 3 };
createVerifier({ issuers: ['https://localhost'], expectations: complete, fetch });

// @ts-expect-error leaving an expectation out is no decision
createVerifier({ issuers: ['https://localhost'], expectations: enclave });
// @ts-expect-error a nonce that happens to read 'any' must not mean any nonce
createVerifier({ issuers: ['https://localhost'], expectations: { ...complete, nonce: 'fresh' } });
// @ts-expect-error nobody wants debuggable enclaves alone
createVerifier({ issuers: ['https://localhost'], expectations: { ...complete, debuggable: true } });
// @ts-expect-error unsecured tokens are never accepted
createVerifier({ issuers: ['https://localhost'], expectations: complete, algorithms: ['none'] });
// @ts-expect-error an untrusted token is not a verified one
export const trusted: VerifiedToken = untrusted;

const verdict = await verifier.verify('', { nonce: { equals: 1n } });
if (verdict.ok) same<typeof verdict.value.expiresAt, Date>(true);
else same<typeof verdict.refusal.code, RelyingPartyCode>(true);
// @ts-expect-error an outcome must be looked at before its value is used
verdict.value;

requireAttestation(verifier)(request, response, () => {});
withAttestation(verifier, (_request, attestation) => Response.json(attestation.issuer));
