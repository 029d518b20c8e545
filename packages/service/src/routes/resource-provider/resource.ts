/** Writes a provider as a resource of the resource-provider API. */

import type { ProviderVersion, SignerCertificate } from '@atesto/store';
import type { FastifyReply } from 'fastify';
import { jsonType } from '../../http/reply.ts';
import { signerExpiry } from '../../signers/recover.ts';

const type = 'Microsoft.Attestation/attestationProviders';

/** What a provider is set to besides its tags: a part of its record's `settings`. */
export const defaultSettings = { publicNetworkAccess: 'Enabled', tpmAttestationAuthentication: 'Enabled' } as const;

/** The policy signers of a provider: names and last days of their certificates. */
export function policySignersOf(signers: readonly SignerCertificate[]): object[] {
  return signers.map((signer) => ({ thumbprint: signer.thumbprint, expires: signerExpiry(signer).toISOString() }));
}

/** The resource of a provider; with `signers`, it names them. */
export function resourceOf(record: ProviderVersion, uri: string, signers?: readonly SignerCertificate[]): object {
  const { name, subscription, resourceGroup, location, tags, trustModel, status, settings } = record;
  const path = `/subscriptions/${subscription}/resourceGroups/${resourceGroup}`;
  return {
    id: `${subscription === '' ? '' : path}/providers/${type}/${name}`,
    name,
    type,
    location,
    tags,
    systemData: {
      createdAt: new Date(record.createdAtMs).toISOString(),
      lastModifiedBy: record.origin.actor,
      lastModifiedAt: new Date(record.origin.atMs).toISOString(),
    },
    properties: {
      trustModel,
      status,
      attestUri: uri,
      ...defaultSettings,
      ...settings,
      ...(signers === undefined ? {} : { policySigners: policySignersOf(signers) }),
    },
  };
}

/** Answers with a resource and its entity tag. */
export function sendResource(
  reply: FastifyReply,
  record: ProviderVersion,
  uri: string,
  signers?: readonly SignerCertificate[],
): FastifyReply {
  return reply
    .header('content-type', jsonType)
    .header('etag', record.etag)
    .send(JSON.stringify(resourceOf(record, uri, signers)));
}

/** Answers with a list. */
export function sendList(reply: FastifyReply, value: readonly object[]): FastifyReply {
  return reply.header('content-type', jsonType).send(JSON.stringify({ value }));
}
