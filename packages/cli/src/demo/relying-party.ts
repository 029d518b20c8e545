/** Step 5: the relying party fetches the service's keys, verifies the token, and decides. */
import type { AttestedData } from '@atesto/client';
import { writeExactJson } from '@atesto/core';
import type { SgxReportBody } from '@atesto/evidence/advanced';
import {
  createVerifier,
  inspectToken,
  type Outcome,
  type RuntimeDataExpectation,
  type SgxExpectations,
  type VerifiedToken,
} from '@atesto/relying-party';
import { createTrustingFetch } from '@atesto/relying-party/node';
import type { DemoEnvironment } from './demo-services.ts';
import type { Printer } from './printer.ts';
import type { Scenario } from './scenario.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** Expects exactly this enclave, not debuggable, with the runtime data and the nonce. */
export function expectationsFor(
  scenario: Scenario,
  body: SgxReportBody,
  nonce: string,
  allowDebug: boolean,
): SgxExpectations {
  return {
    attestationType: 'SgxEnclave',
    mrSigner: hex(body.mrSigner),
    mrEnclave: hex(body.mrEnclave),
    productId: body.isvProdId,
    minimumSvn: body.isvSvn,
    policyHash: 'any',
    nonce: { equals: nonce },
    runtimeData: expectedData(scenario.runtimeData),
    debuggable: allowDebug ? 'any' : false,
    developmentRoot: scenario.developmentRoot === undefined ? false : 'any',
  };
}

function expectedData(data: AttestedData | undefined): RuntimeDataExpectation {
  if (data === undefined) return 'any';
  return data;
}

/** Verifies the token with nothing but the service's URI and the relying party's expectations. */
export function verifyToken(
  { service, ca, clock }: DemoEnvironment,
  token: string,
  expectations: SgxExpectations,
): Promise<Outcome<VerifiedToken>> {
  return createVerifier({ issuers: [service.url], expectations, fetch: createTrustingFetch(ca), clock }).verify(token);
}

/** Prints the decoded token. */
export function printToken(token: string, printer: Printer): void {
  const inspected = inspectToken(token);
  if (!inspected.ok) throw new Error('the service issued a token that cannot be read');
  printer.say('The token, decoded:');
  printer.block(writeExactJson(inspected.value.header, 2));
  printer.block(writeExactJson(inspected.value.claims, 2));
}

/** Prints the verdict. */
export function printVerdict(
  verdict: Outcome<VerifiedToken>,
  { service }: DemoEnvironment,
  scenario: Scenario,
  printer: Printer,
): void {
  if (!verdict.ok) {
    printer.refused(verdict.refusal.why, verdict.refusal.code);
    return;
  }
  const { keyId, algorithm, expiresAt } = verdict.value;
  printer.checked('signature', `${algorithm} by key ${keyId}, fetched from ${service.url}/certs`);
  printer.checked('issuer and time', `${service.url}; holds until ${expiresAt.toISOString()}`);
  printer.checked('enclave', 'MRENCLAVE, MRSIGNER, product and security version are the expected ones');
  printer.checked('nonce', 'the one that this relying party chose');
  if (scenario.runtimeData !== undefined) printer.checked('runtime data', 'the expected data is bound to the enclave');
}
