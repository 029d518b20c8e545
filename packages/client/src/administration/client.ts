/** The administrator's side of one attestation provider: policies, their signers, and the audit record. */
import { isJsonObject } from '@atesto/core';
import { ClientError } from '../error.ts';
import { type JsonMembers, memberOf, requireMembers, requireText, textMember } from '../http/json.ts';
import { type Exchange, type ExchangeDeps, exchange } from './exchange.ts';
import { type PolicySigner, policyJws, type RequestBinding, resetJws, signerChangeJws } from './policy-jws.ts';
import { jwsPayload, replyClaims } from './reply-token.ts';

/** A policy that is in force. */
export interface PolicyInForce {
  /** The policy text; empty: none is set, and the attestation type has no default policy. */
  readonly text: string;
  /** The JWS in which it was set, as it was sent. */
  readonly jws: string;
  /** Whether the JWS is signed. */
  readonly isSigned: boolean;
  /** The entity tag, for a conditional change. */
  readonly etag: string | undefined;
}

/** What a change of a policy answered. */
export interface PolicyChange {
  /** `Updated` or `Removed`. */
  readonly result: string;
  /** `x-ms-policy-token-hash`, base64url. */
  readonly tokenHash: string | undefined;
  readonly etag: string | undefined;
}

/** What may go with a change. */
export interface ChangeOptions {
  /** Signs the policy; needed on providers of the Isolated model. */
  readonly signer?: PolicySigner | undefined;
  /** Change only if this is the entity tag in force. */
  readonly ifMatch?: string | undefined;
}

/** What a change of the policy signers answered. */
export interface SignerChange {
  /** `IsPresent` or `IsAbsent`. */
  readonly result: string;
  /** SHA-1 of the certificate, upper-case hex. */
  readonly thumbprint: string;
}

const version = 'api-version=2025-06-01';
/** For how long a signed request counts that is sent at once; clocks may differ by as much. */
const requestLifeMilliseconds = 600_000;

/** The calls. */
export class ProviderAdministration {
  readonly #uri: string;
  readonly #deps: ExchangeDeps;

  /** @param providerUri base URI of the provider without trailing slash */
  constructor(providerUri: string, deps: ExchangeDeps) {
    this.#uri = providerUri;
    this.#deps = deps;
  }

  /** Gets the policy in force for an attestation type, such as `SgxEnclave`. The signature of the reply is not verified. */
  async getPolicy(attestationType: string): Promise<PolicyInForce> {
    const { text, headers, url } = await this.#call(
      { method: 'GET' },
      `/policies/${encodeURIComponent(attestationType)}`,
    );
    const jws = textMember(replyClaims(text, url), 'x-ms-policy') ?? '';
    const isNone = /^[\w-]+\.\.$/.test(jws);
    const policy = isNone ? '' : textMember(jwsPayload(jws, url), 'AttestationPolicy');
    if (policy === undefined) throw new ClientError('answer-malformed', url, 'the answer holds no policy');
    return {
      text: Buffer.from(policy, 'base64url').toString('utf8'),
      jws,
      isSigned: !jws.endsWith('.'),
      etag: headers.etag,
    };
  }

  /** Sets a policy by its text, unsecured, or signed for this provider alone. */
  async setPolicy(
    attestationType: string,
    text: string,
    { signer, ifMatch }: ChangeOptions = {},
  ): Promise<PolicyChange> {
    const binding = signer === undefined ? undefined : { audience: await this.#issuer() };
    return this.setPolicyJws(attestationType, policyJws(text, signer, binding), ifMatch);
  }

  /** Sets a policy that was signed elsewhere. */
  setPolicyJws(attestationType: string, jws: string, ifMatch?: string): Promise<PolicyChange> {
    return this.#changePolicy('PUT', `/policies/${encodeURIComponent(attestationType)}`, jws, ifMatch);
  }

  /** Puts the default policy back in force. */
  async resetPolicy(attestationType: string, { signer, ifMatch }: ChangeOptions = {}): Promise<PolicyChange> {
    const jws = resetJws(signer, signer === undefined ? undefined : await this.#binding());
    return this.#changePolicy('POST', `/policies/${encodeURIComponent(attestationType)}:reset`, jws, ifMatch);
  }

  /** The policies that were in force, newest first: the members of `GET /policies/{type}/history`. */
  policyHistory(attestationType: string): Promise<JsonMembers> {
    return this.own('GET', `/policies/${encodeURIComponent(attestationType)}/history`);
  }

  /** Puts an earlier version of the policy in force again. */
  async rollBackPolicy(attestationType: string, toVersion: number, ifMatch?: string): Promise<PolicyChange> {
    const path = `/policies/${encodeURIComponent(attestationType)}:rollback`;
    const body = { type: 'application/json', text: JSON.stringify({ version: toVersion }) };
    return changed(await this.#call({ method: 'POST', body, ifMatch }, path));
  }

  /** The certificates of the policy signers: base64 DER, leaf first, one list each. */
  async listSigners(): Promise<string[][]> {
    const { text, url } = await this.#call({ method: 'GET' }, '/certificates');
    const set = memberOf(replyClaims(text, url), 'x-ms-policy-certificates');
    const keys = isJsonObject(set) ? memberOf(set, 'keys') : undefined;
    if (!Array.isArray(keys)) throw new ClientError('answer-malformed', url, 'the answer holds no certificates');
    return keys.map((key) => {
      const x5c = isJsonObject(key) ? memberOf(key, 'x5c') : undefined;
      return Array.isArray(x5c) ? x5c.filter((item) => typeof item === 'string') : [];
    });
  }

  /** Lets `certificate` (PEM) sign policies. */
  addSigner(certificate: string, signer: PolicySigner): Promise<SignerChange> {
    return this.#changeSigner('add', certificate, signer);
  }

  /** Lets `certificate` (PEM) no longer sign policies. */
  removeSigner(certificate: string, signer: PolicySigner): Promise<SignerChange> {
    return this.#changeSigner('remove', certificate, signer);
  }

  /** A page of the audit record, newest first: the members of `GET /audit`. */
  async audit(filter: Readonly<Record<string, string>>): Promise<JsonMembers> {
    const { text, url } = await this.#call({ method: 'GET' }, '/audit', new URLSearchParams(filter).toString());
    return requireMembers(text, url);
  }

  /** One step of a verification of the audit record, from a `next` of an earlier step on: the members of `GET /audit:verify`. */
  async verifyAudit(cursor?: string): Promise<JsonMembers> {
    const query = cursor === undefined ? '' : new URLSearchParams({ cursor }).toString();
    const { text, url } = await this.#call({ method: 'GET' }, '/audit:verify', query);
    return requireMembers(text, url);
  }

  /** An operation of the service's own: JSON in, JSON out. */
  async own(method: Exchange['method'], path: string, body?: object, ifMatch?: string): Promise<JsonMembers> {
    const sent = body === undefined ? undefined : { type: 'application/json', text: JSON.stringify(body) };
    const { text, url } = await this.#call({ method, body: sent, ifMatch }, path);
    return requireMembers(text, url);
  }

  async #changePolicy(
    method: 'PUT' | 'POST',
    path: string,
    jws: string,
    ifMatch: string | undefined,
  ): Promise<PolicyChange> {
    return changed(await this.#call({ method, body: { type: 'text/plain', text: jws }, ifMatch }, path));
  }

  async #changeSigner(what: 'add' | 'remove', certificate: string, signer: PolicySigner): Promise<SignerChange> {
    const jws = signerChangeJws(certificate, signer, await this.#binding());
    const body = { type: 'application/json', text: JSON.stringify(jws) };
    const { text, url } = await this.#call({ method: 'POST', body }, `/certificates:${what}`);
    const claims = replyClaims(text, url);
    return {
      result: textMember(claims, 'x-ms-policycertificates-result') ?? '',
      thumbprint: textMember(claims, 'x-ms-certificate-thumbprint') ?? '',
    };
  }

  async #binding(): Promise<RequestBinding> {
    return { audience: await this.#issuer(), expiresAt: new Date(Date.now() + requestLifeMilliseconds) };
  }

  /** The URI under which the provider knows itself: the one that is called may be another name of it. */
  async #issuer(): Promise<string> {
    const { text, url } = await this.#call({ method: 'GET' }, '/.well-known/openid-configuration');
    return requireText(requireMembers(text, url), 'issuer', url);
  }

  async #call(asked: Omit<Exchange, 'url'>, path: string, query = ''): Promise<Answered> {
    const url = `${this.#uri}${path}?${version}${query === '' ? '' : `&${query}`}`;
    const { text, headers } = await exchange(this.#deps, { ...asked, url });
    return { text, url, headers };
  }
}

interface Answered {
  readonly text: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

function changed({ text, url, headers }: Answered): PolicyChange {
  const claims = replyClaims(text, url);
  return {
    result: textMember(claims, 'x-ms-policy-result') ?? '',
    tokenHash: textMember(claims, 'x-ms-policy-token-hash'),
    etag: headers.etag,
  };
}
