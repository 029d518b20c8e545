/** Writes a provider as a resource of the resource-provider API. */

import type { ProviderVersion, SignerCertificate } from '@atesto/store';
import type { FastifyReply } from 'fastify';
import { includesManagementVersion, type ManagementVersion } from '../../http/api-version.ts';
import { jsonType } from '../../http/reply.ts';
import { signerExpiry } from '../../signers/recover.ts';

const type = 'Microsoft.Attestation/attestationProviders';

/** What a provider is set to besides its tags: a part of its record's `settings`. */
export const defaultSettings = { publicNetworkAccess: 'Enabled', tpmAttestationAuthentication: 'Enabled' } as const;

/** The policy signers of a provider: names and last days of their certificates. */
export function policySignersOf(signers: readonly SignerCertificate[]): object[] {
  return signers.map((signer) => ({ thumbprint: signer.thumbprint, expires: signerExpiry(signer).toISOString() }));
}

/** The resource of a provider, with the members that a version of the API has; with `signers`, it names them. */
export function resourceOf(
  record: ProviderVersion,
  uri: string,
  version: ManagementVersion,
  signers?: readonly SignerCertificate[],
): object {
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
      ...settingsOf(settings, version),
      ...(signers === undefined ? {} : { policySigners: policySignersOf(signers) }),
    },
  };
}

/** Newer versions have more settings. */
function settingsOf(settings: ProviderVersion['settings'], version: ManagementVersion): object {
  const { publicNetworkAccess, tpmAttestationAuthentication, ...others } = { ...defaultSettings, ...settings };
  return {
    ...others,
    ...(includesManagementVersion(version, '2021-06-01-preview') ? { publicNetworkAccess } : {}),
    ...(includesManagementVersion(version, '2021-06-01') ? { tpmAttestationAuthentication } : {}),
  };
}

/** Answers with a resource and its entity tag. */
export function sendResource(
  reply: FastifyReply,
  record: ProviderVersion,
  uri: string,
  version: ManagementVersion,
  signers?: readonly SignerCertificate[],
): FastifyReply {
  return reply
    .header('content-type', jsonType)
    .header('etag', record.etag)
    .send(JSON.stringify(resourceOf(record, uri, version, signers)));
}

/** Answers with a list. */
export function sendList(reply: FastifyReply, value: readonly object[]): FastifyReply {
  return reply.header('content-type', jsonType).send(JSON.stringify({ value }));
}
