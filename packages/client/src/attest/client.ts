/** The client of the attester's side: calls of the Azure Attestation REST contract that attest, and those that read keys. */
import { randomUUID } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import type { HttpRequest } from '@atesto/http-client';
import { ClientError } from '../error.ts';
import { type CollectedEvidence, type EvidenceSource, evidenceOf } from '../evidence/source.ts';
import { checkAddress, providerAddress } from '../http/address.ts';
import { type HttpAnswer, openHttpClient } from '../http/answer.ts';
import { type JsonMembers, memberOf, requireMembers, requireText } from '../http/json.ts';
import { type Pause, sendWithRetry } from '../http/send.ts';
import { accessTokenOf, type TokenCredential } from '../identity/credential.ts';
import { misuse, timeoutMs } from '../options.ts';
import { reportDataFor } from './data.ts';
import { serviceRefusal } from './refusal.ts';
import { type AttestOptions, attestRequest } from './request.ts';

/** Which service, and how to talk to it. */
export interface AttestationClientOptions {
  /** URI of the attestation provider, possibly with a path; https. */
  readonly endpoint: string;
  /** Name of the attestation provider on a service with several. Default: the provider at the endpoint itself. */
  readonly provider?: string;
  /** Gives access tokens, such as a credential of `@azure/identity`. Default: calls are made without a token, which a provider may refuse. */
  readonly credential?: TokenCredential;
  /** The scope that access tokens are asked for. Default: `https://attest.azure.net/.default`. */
  readonly scope?: string;
  /** PEM of a CA that is trusted for the service besides the public ones. Default: none. */
  readonly ca?: string;
  /** Default: `2025-06-01`. */
  readonly apiVersion?: string;
  /** How long one call may take with all its retries, up to 600 seconds. Default 30. */
  readonly timeoutSeconds?: number;
  /** How often a call is made again where that is safe, 0 to 10. Default 2. */
  readonly retries?: number;
  /** Waits between attempts; tests put in one that does not wait. Default: a timer. */
  readonly pause?: Pause;
}

/** What the service granted. */
export interface AttestationResult {
  /** The attestation token: a JWS in compact form. Its signature is for the relying party to verify. */
  readonly token: string;
  /** `x-ms-request-id`: what the operator of the service can look up. */
  readonly requestId: string | undefined;
}

/** Options of the calls that read. */
export interface ReadOptions {
  readonly signal?: AbortSignal;
}

/** The service's signing keys: RFC 7517. */
export interface KeySet {
  readonly keys: readonly JsonMembers[];
}

/** The service's OpenID metadata. */
export interface ServiceMetadata extends JsonMembers {
  readonly issuer: string;
  readonly jwks_uri: string;
}

/** A client of one attestation provider. All calls throw {@link ClientError}, or its `ServiceRefusedError` when the service refused, and
 * `ConfigurationError` when an option is wrong. */
export interface AttestationClient extends AsyncDisposable {
  /** Attests an SGX quote. */
  attestSgxEnclave(quote: Uint8Array, options?: AttestOptions): Promise<AttestationResult>;
  /** Attests a report or evidence of the Open Enclave SDK. */
  attestOpenEnclave(report: Uint8Array, options?: AttestOptions): Promise<AttestationResult>;
  /** Attests a TDX quote. */
  attestTdxVm(quote: Uint8Array, options?: AttestOptions): Promise<AttestationResult>;
  /** Attests an SEV-SNP report: 1184 bytes, or the JSON document that `writeSnpDocument` makes. */
  attestSevSnpVm(report: Uint8Array, options?: AttestOptions): Promise<AttestationResult>;
  /** Attests evidence by its kind. */
  attestEvidence(evidence: CollectedEvidence, options?: AttestOptions): Promise<AttestationResult>;
  /** Collects evidence that commits to the runtime data, then attests it. */
  attest(source: EvidenceSource, options?: AttestOptions): Promise<AttestationResult>;
  /** The keys that sign the tokens. */
  getCerts(options?: ReadOptions): Promise<KeySet>;
  /** The OpenID metadata: issuer, address of the keys, supported claims. */
  getOpenIdMetadata(options?: ReadOptions): Promise<ServiceMetadata>;
  /** Ends the connections. */
  close(): Promise<void>;
}

const optionNames: OptionNames<AttestationClientOptions> = {
  endpoint: true,
  provider: true,
  credential: true,
  scope: true,
  ca: true,
  apiVersion: true,
  timeoutSeconds: true,
  retries: true,
  pause: true,
};
const attestScope = 'https://attest.azure.net/.default';

/**
 * Sets up a client; nothing is sent yet. Throws `ConfigurationError` when an option is wrong.
 *
 * @example
 * await using client = createAttestationClient({ endpoint: 'https://attest.example.org', credential });
 * const { token } = await client.attestSgxEnclave(quote, { runtimeData: { key: publicKey } });
 */
export function createAttestationClient(options: AttestationClientOptions): AttestationClient {
  checkOptions<AttestationClientOptions>(options, optionNames, 'options');
  const endpoint = providerAddress(checkAddress(options.endpoint, 'options.endpoint'), options.provider);
  const { credential, scope = attestScope, apiVersion = '2025-06-01', retries = 2, pause } = options;
  const limits = { timeoutMs: timeoutMs(options.timeoutSeconds), retries, pause };
  checkRetries(retries);
  const client = openHttpClient(options.ca);

  async function call(request: HttpRequest, signal: AbortSignal | undefined): Promise<HttpAnswer> {
    const clientRequestId = randomUUID();
    const headers = { accept: 'application/json', 'x-ms-client-request-id': clientRequestId, ...request.headers };
    const answer = await sendWithRetry(client, { ...request, headers }, limits, signal);
    if (answer.status !== 200) throw serviceRefusal(answer, request.url, clientRequestId);
    return answer;
  }

  async function attestEvidence(evidence: CollectedEvidence, more: AttestOptions = {}): Promise<AttestationResult> {
    const { path, body } = attestRequest(evidence, more);
    const url = `${endpoint}/attest/${path}?api-version=${encodeURIComponent(apiVersion)}`;
    const token = credential === undefined ? undefined : await accessTokenOf(credential, scope, more.signal);
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const answer = await call({ method: 'POST', url, headers, body }, more.signal);
    return { token: tokenOf(answer, url), requestId: answer.headers['x-ms-request-id'] };
  }

  async function read(path: string, more: ReadOptions): Promise<JsonMembers> {
    const url = `${endpoint}${path}?api-version=${encodeURIComponent(apiVersion)}`;
    return requireMembers((await call({ method: 'GET', url, headers: {} }, more.signal)).text, url);
  }

  return {
    attestEvidence,
    attestSgxEnclave: async (bytes, more) =>
      attestEvidence({ ...evidenceOf(bytes, 'quote'), attestationType: 'SgxEnclave' }, more),
    attestOpenEnclave: async (bytes, more) =>
      attestEvidence({ ...evidenceOf(bytes, 'report'), attestationType: 'OpenEnclave' }, more),
    attestTdxVm: async (bytes, more) =>
      attestEvidence({ ...evidenceOf(bytes, 'quote'), attestationType: 'TdxVm' }, more),
    attestSevSnpVm: async (bytes, more) =>
      attestEvidence({ ...evidenceOf(bytes, 'report'), attestationType: 'SevSnpVm' }, more),
    attest: async (source, more) => attestEvidence(await source.collect(reportDataFor(more?.runtimeData)), more),
    getCerts: async (more = {}) => keySetOf(await read('/certs', more), `${endpoint}/certs`),
    getOpenIdMetadata: async (more = {}) => {
      const path = '/.well-known/openid-configuration';
      const document = await read(path, more);
      const where = `${endpoint}${path}`;
      const issuer = requireText(document, 'issuer', where);
      return { ...document, issuer, jwks_uri: requireText(document, 'jwks_uri', where) };
    },
    close: () => client.close(),
    [Symbol.asyncDispose]: () => client.close(),
  };
}

function checkRetries(retries: number): void {
  if (Number.isInteger(retries) && retries >= 0 && retries <= 10) return;
  misuse('options.retries', 'a whole number from 0 to 10');
}

/** Three base64url parts; an unsecured token has an empty third one. */
function tokenOf({ text }: HttpAnswer, url: string): string {
  const token = requireText(requireMembers(text, url), 'token', url);
  if (/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token)) return token;
  throw new ClientError('answer-malformed', url, 'the token of the answer is not a JWS in compact form');
}

function keySetOf(members: JsonMembers, where: string): KeySet {
  const keys = memberOf(members, 'keys');
  if (Array.isArray(keys) && keys.every((key) => typeof key === 'object' && key !== null)) return { keys };
  throw new ClientError('answer-malformed', where, 'the answer is not a JSON Web Key Set');
}
