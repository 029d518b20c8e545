/** The providers of a service, through the resource-provider API of Azure (`Microsoft.Attestation`, 2021-06-01). */
import { isJsonObject } from '@atesto/core';
import { ClientError } from '../error.ts';
import { type JsonMembers, memberOf, requireMembers, requireText } from '../http/json.ts';
import { signerKey } from './certificates.ts';
import { type ExchangeDeps, exchange } from './exchange.ts';

/** Where a provider is filed. */
export interface ProviderPlace {
  readonly subscription: string;
  readonly resourceGroup: string;
}

/** A provider as the service describes it. */
export interface ProviderDescription {
  readonly name: string;
  readonly location: string;
  readonly trustModel: string;
  readonly status: string;
  /** Its base URI for clients. */
  readonly attestUri: string;
  readonly tags: JsonMembers;
  /** Its policy signers; empty unless its trust model is Isolated, and in lists. */
  readonly policySigners: readonly PolicySignerDescription[];
}

/** A policy signer of a provider. */
export interface PolicySignerDescription {
  /** SHA-1 of the certificate, upper-case hex. */
  readonly thumbprint: string;
  /** When its certificate chain ends, ISO 8601. */
  readonly expires: string;
}

/** What a new provider is to be. */
export interface ProviderCreation {
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  /** Certificate chains (PEM) of its first policy signers: with any, its trust model is Isolated; with none, AAD. */
  readonly policySigners?: readonly string[];
}

const version = 'api-version=2021-06-01';

/** The calls. */
export class ProvidersClient {
  readonly #base: string;
  readonly #deps: ExchangeDeps;

  constructor(serviceUri: string, deps: ExchangeDeps) {
    this.#base = serviceUri;
    this.#deps = deps;
  }

  /** Creates a provider, or changes the tags of one that exists. */
  async create(place: ProviderPlace, name: string, creation: ProviderCreation): Promise<ProviderDescription> {
    const url = this.#url(place, name);
    const { location, tags = {}, policySigners = [] } = creation;
    const keys = policySigners.map(signerKey);
    const properties = keys.length === 0 ? {} : { policySigningCertificates: { keys } };
    const body = { type: 'application/json', text: JSON.stringify({ location, tags, properties }) };
    const { text } = await exchange(this.#deps, { method: 'PUT', url, body });
    return descriptionOf(requireMembers(text, url), url);
  }

  /** Gets one provider. Throws `ServiceRefusedError` when there is none that the caller may see. */
  async get(place: ProviderPlace, name: string): Promise<ProviderDescription> {
    const url = this.#url(place, name);
    const { text } = await exchange(this.#deps, { method: 'GET', url });
    return descriptionOf(requireMembers(text, url), url);
  }

  /** Gives an Isolated provider whose signers' certificates have all expired other ones: certificate chains in PEM. */
  async recoverSigners(
    place: ProviderPlace,
    name: string,
    signers: readonly string[],
  ): Promise<readonly PolicySignerDescription[]> {
    const url = this.#url(place, name, '/recoverPolicySigners');
    const text = JSON.stringify({ policySigningCertificates: { keys: signers.map(signerKey) } });
    const answer = await exchange(this.#deps, { method: 'POST', url, body: { type: 'application/json', text } });
    return signersIn(requireMembers(answer.text, url), url);
  }

  /** Answers whether there was one. */
  async delete(place: ProviderPlace, name: string): Promise<boolean> {
    const { status } = await exchange(this.#deps, { method: 'DELETE', url: this.#url(place, name) });
    return status !== 204;
  }

  /** Lists the providers of a subscription that the caller may see. */
  async list(subscription: string): Promise<ProviderDescription[]> {
    const path = `/subscriptions/${encodeURIComponent(subscription)}/providers/Microsoft.Attestation/attestationProviders`;
    const url = `${this.#base}${path}?${version}`;
    const { text } = await exchange(this.#deps, { method: 'GET', url });
    const value = memberOf(requireMembers(text, url), 'value');
    if (!Array.isArray(value)) throw new ClientError('answer-malformed', url, 'the answer is not a list');
    return value.map((item) => descriptionOf(isJsonObject(item) ? item : {}, url));
  }

  #url({ subscription, resourceGroup }: ProviderPlace, name: string, operation = ''): string {
    const [s, g, n] = [subscription, resourceGroup, name].map(encodeURIComponent);
    const path = `/subscriptions/${s}/resourceGroups/${g}/providers/Microsoft.Attestation/attestationProviders/${n}`;
    return `${this.#base}${path}${operation}?${version}`;
  }
}

function descriptionOf(resource: JsonMembers, where: string): ProviderDescription {
  const properties = memberOf(resource, 'properties');
  const inner = isJsonObject(properties) ? properties : {};
  const tags = memberOf(resource, 'tags');
  return {
    name: requireText(resource, 'name', where),
    location: requireText(resource, 'location', where),
    trustModel: requireText(inner, 'trustModel', where),
    status: requireText(inner, 'status', where),
    attestUri: requireText(inner, 'attestUri', where),
    tags: isJsonObject(tags) ? tags : {},
    policySigners: signersIn(inner, where),
  };
}

function signersIn(members: JsonMembers, where: string): PolicySignerDescription[] {
  const signers = memberOf(members, 'policySigners');
  if (!Array.isArray(signers)) return [];
  return signers.map((signer) => {
    const described = isJsonObject(signer) ? signer : {};
    return {
      thumbprint: requireText(described, 'thumbprint', where),
      expires: requireText(described, 'expires', where),
    };
  });
}
