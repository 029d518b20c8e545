/** Reads, updates and deletes one provider. */
import { unwrap } from '@atesto/core';
import { changeOrigin } from '../../audit/recording.ts';
import { requireManagementVersion } from '../../http/api-version.ts';
import { conditionOf } from '../../http/condition.ts';
import type { Operation } from '../../http/operation.ts';
import type { ServiceContext } from '../../service-context.ts';
import { resourcePath } from './address.ts';
import { settingsIn, updateIn } from './body.ts';
import { findProvider, requireProvider } from './find.ts';
import { sendResource } from './resource.ts';

/** `GET` of a provider. */
export function getProvider(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: resourcePath,
    audit: 'read-provider',
    handle: async (request, reply) => {
      const version = requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const record = await requireProvider(context, request);
      const signers =
        record.trustModel === 'Isolated' ? unwrap(await context.store.signers.current(record.id)) : undefined;
      return sendResource(reply, record, context.uriOf(record.name), version, signers?.certificates);
    },
  };
}

/** `PATCH` of a provider: changes settings that the body names. */
export function patchProvider(context: ServiceContext): Operation {
  return {
    method: 'PATCH',
    path: resourcePath,
    audit: 'update-provider',
    handle: async (request, reply) => {
      const version = requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const { store, clock } = context;
      const update = await updateIn(request);
      const { id, tags, settings } = await requireProvider(context, request);
      const changes = { tags: update.tags ?? tags, settings: { ...settings, ...settingsIn(update) } };
      const origin = changeOrigin(request, clock());
      const record = unwrap(await store.providers.update(id, changes, origin, conditionOf(request)));
      unwrap(await store.confirmed(record.revision));
      return sendResource(reply, record, context.uriOf(record.name), version);
    },
  };
}

/** `DELETE` of a provider: 204 also when there was none. */
export function deleteProvider(context: ServiceContext): Operation {
  return {
    method: 'DELETE',
    path: resourcePath,
    audit: 'delete-provider',
    handle: async (request, reply) => {
      requireManagementVersion(request.query);
      await context.authorizeManagement(request);
      const { store, clock } = context;
      const found = await findProvider(context, request);
      if (found === undefined) return reply.code(204).send();
      const origin = changeOrigin(request, clock());
      const record = unwrap(await store.providers.delete(found.id, origin, conditionOf(request)));
      unwrap(await store.confirmed(record.revision));
      return reply.code(200).send();
    },
  };
}
