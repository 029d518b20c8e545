/** Creates a provider, or updates the settings of an existing one; location, trust model and signers of that stay unchanged. */

import { unwrap } from '@atesto/core';
import { absentEtag, type ProviderVersion, type SignerCertificate } from '@atesto/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changeOrigin } from '../../audit/recording.ts';
import { type ManagementVersion, requireManagementVersion } from '../../http/api-version.ts';
import { conditionOf } from '../../http/condition.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseRequest } from '../../http/refusal.ts';
import type { ServiceContext } from '../../service-context.ts';
import { isSameLocation, nameOf, resourcePath, scopeOf } from './address.ts';
import { type Creation, creationIn, settingsIn } from './body.ts';
import { isAt } from './find.ts';
import { defaultSettings, sendResource } from './resource.ts';
import { signersOf } from './signing-certificates.ts';

/** `PUT` of a provider. */
export function putProvider(context: ServiceContext): Operation {
  return {
    method: 'PUT',
    path: resourcePath,
    audit: 'create-provider',
    handle: async (request, reply) => {
      const version = requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const name = nameOf(request);
      const creation = await creationIn(request);
      const chains = creation.properties?.policySigningCertificates?.keys ?? [];
      const signers = signersOf(
        chains.map(({ x5c }) => x5c),
        context.clock(),
      );
      const present = unwrap(await context.store.providers.byName(name));
      const asked = { version, creation, signers };
      return present === undefined
        ? create(context, request, reply, name, asked)
        : replace(context, request, reply, present, asked);
    },
  };
}

/** What a request asks for. */
interface Asked {
  readonly version: ManagementVersion;
  readonly creation: Creation;
  readonly signers: readonly SignerCertificate[];
}

async function create(
  { store, clock, uriOf }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  name: string,
  { version, creation, signers }: Asked,
): Promise<FastifyReply> {
  const { expectedEtag = absentEtag } = conditionOf(request);
  if (expectedEtag !== absentEtag) refuseRequest('provider-unknown', 'name', 'there is no provider of this name');
  const { subscription, resourceGroup = '' } = scopeOf(request);
  const draft = {
    name,
    subscription,
    resourceGroup,
    location: creation.location,
    tags: creation.tags ?? {},
    trustModel: signers.length === 0 ? 'AAD' : 'Isolated',
    status: 'Ready',
    settings: { ...defaultSettings, ...settingsIn(creation) },
  } as const;
  const record = unwrap(await store.providers.create(draft, changeOrigin(request, clock()), signers));
  unwrap(await store.confirmed(record.revision));
  const uri = uriOf(name);
  return sendResource(reply.code(201).header('location', `${uri}/`), record, uri, version);
}

async function replace(
  { store, clock, uriOf }: ServiceContext,
  request: FastifyRequest,
  reply: FastifyReply,
  present: ProviderVersion,
  { version, creation, signers }: Asked,
): Promise<FastifyReply> {
  if (!isAt(present, scopeOf(request)) || !isSameLocation(creation.location, present.location)) {
    refuseRequest('provider-exists', 'name', 'a provider of this name is in another place');
  }
  if (signers.length > 0) {
    const current = unwrap(await store.signers.current(present.id));
    const known = new Set(current?.certificates.map(({ thumbprint }) => thumbprint));
    if (known.size !== signers.length || signers.some(({ thumbprint }) => !known.has(thumbprint))) {
      refuseRequest('provider-exists', 'policySigningCertificates', 'the provider has other policy signers');
    }
  }
  const changes = { tags: creation.tags ?? {}, settings: { ...present.settings, ...settingsIn(creation) } };
  const origin = changeOrigin(request, clock());
  const record = unwrap(await store.providers.update(present.id, changes, origin, conditionOf(request)));
  unwrap(await store.confirmed(record.revision));
  return sendResource(reply, record, uriOf(record.name), version);
}
