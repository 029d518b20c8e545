/** Pins the types of the public API: this file only has to compile. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Request as ExpressRequest } from 'express';
import type { FastifyRequest } from 'fastify';
import type { Context } from 'hono';
import {
  createVerifier,
  type Expectations,
  type inspectToken,
  type Outcome,
  type RelyingPartyCode,
  type RuntimeData,
  type RuntimeKey,
  type TokenAttestationType,
  type UntrustedToken,
  type VerifiedToken,
  type Verifier,
} from './index.ts';
import { requireAttestation as requireInFastify } from './middleware/fastify.ts';
import { withAttestation } from './middleware/fetch.ts';
import { attestationOf as attestationInHono, requireAttestation as requireInHono } from './middleware/hono.ts';
import { type attestationOf, requireAttestation } from './middleware/node.ts';

type Same<Left, Right> = (<T>() => T extends Left ? 1 : 2) extends <T>() => T extends Right ? 1 : 2 ? true : false;
function same<Left, Right>(_: Same<Left, Right>): void {}

declare const verifier: Verifier;
declare const request: IncomingMessage;
declare const response: ServerResponse;
declare const untrusted: UntrustedToken;

same<ReturnType<typeof verifier.verify>, Promise<Outcome<VerifiedToken>>>(true);
same<ReturnType<typeof inspectToken>, Outcome<UntrustedToken>>(true);

const common = { policyHash: 'any', nonce: 'any', runtimeData: 'any' } as const;
const enclave = {
  ...common,
  attestationType: 'SgxEnclave',
  mrSigner: 'any',
  mrEnclave: 'any',
  productId: 'any',
} as const;
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
if (verdict.ok) {
  const { value } = verdict;
  same<typeof value.expiresAt, Date>(true);
  same<typeof value.attestationType, TokenAttestationType | 'unknown'>(true);
  same<typeof value.runtimeData, RuntimeData | undefined>(true);
  same<typeof value.runtimeKeys, readonly RuntimeKey[]>(true);
} else {
  same<typeof verdict.refusal.code, RelyingPartyCode>(true);
  // @ts-expect-error a misspelt code is not compared in silence
  verdict.refusal.code === 'nonce-unexpect';
}
// @ts-expect-error an outcome must be looked at before its value is used
verdict.value;

requireAttestation(verifier)(request, response, () => {});
same<ReturnType<typeof attestationOf>, VerifiedToken>(true);
withAttestation(verifier, (_request, attestation) => Response.json(attestation.issuer));

// Each framework's own requests, with what only they have.
requireAttestation(verifier, { expect: ({ hostname }: ExpressRequest) => ({ nonce: { equals: hostname } }) });
requireInFastify(verifier, { expect: ({ id }: FastifyRequest) => ({ nonce: { equals: id } }) });
requireInHono(verifier, { expect: (context: Context) => ({ nonce: { equals: context.req.param('id') ?? '' } }) });
declare const context: Context;
attestationInHono(context);
// @ts-expect-error expectations of one token are nonce and runtime data alone
requireAttestation(verifier, { expect: () => ({ mrSigner: 'any' }) });
// @ts-expect-error a misspelt option
requireAttestation(verifier, { expects: () => ({}) });
