/**
 * The signing keys of a provider, operations of our own: `GET /keys` for readers, `POST /keys:rotate`, `:import` and `:withdraw` for the
 * service administrator.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { ChangeOrigin } from '@atesto/store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { changeOrigin } from '../../audit/recording.ts';
import { optionalApiVersion } from '../../http/api-version.ts';
import { jsonBody } from '../../http/json-body.ts';
import type { Operation } from '../../http/operation.ts';
import { refuseFor, refuseRequest } from '../../http/refusal.ts';
import { jsonType } from '../../http/reply.ts';
import type { ProviderKeys } from '../../keys/signing-keys.ts';
import type { ServiceContext } from '../../service-context.ts';

/** The operations on the signing keys of a provider. */
export function keyOperations(context: ServiceContext): Operation[] {
  return [
    listKeys(context),
    change(
      context,
      'rotate',
      async () => undefined,
      (keys, at, origin) => keys.rotate(at, origin),
    ),
    change(context, 'import', (request) => textIn(request, 'privateKey'), importKey),
    change(
      context,
      'withdraw',
      (request) => textIn(request, 'kid'),
      (keys, at, origin, kid) => keys.withdraw(kid, at, origin),
    ),
  ];
}

function listKeys(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/keys',
    audit: 'read-keys',
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const provider = await context.providerOf(request);
      await context.authorize(request, provider, 'attestation-reader');
      return send(reply, { keys: provider.keys.list(context.clock()) });
    },
  };
}

/** `work` gets what `read` finds in the body of a caller who has the role. */
function change<Asked>(
  context: ServiceContext,
  name: 'rotate' | 'import' | 'withdraw',
  read: (request: FastifyRequest) => Promise<Asked>,
  work: (keys: ProviderKeys, at: Date, origin: ChangeOrigin, asked: Asked) => Promise<boolean>,
): Operation {
  return {
    method: 'POST',
    path: `/keys::${name}`,
    audit: `${name}-key`,
    handle: async (request, reply) => {
      optionalApiVersion(request.query);
      const provider = await context.providerOf(request);
      await context.authorize(request, provider, 'service-administrator');
      const asked = await read(request);
      const at = context.clock();
      const changed = await work(provider.keys, at, changeOrigin(request, at), asked);
      return send(reply, { changed, keys: provider.keys.list(at) });
    },
  };
}

async function importKey(keys: ProviderKeys, at: Date, origin: ChangeOrigin, pem: string): Promise<boolean> {
  const imported = await keys.importKey(privateKeyOf(pem), at, origin);
  return imported.ok ? imported.value : refuseFor(imported.refusal);
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    return refuseRequest('member-invalid', 'body.privateKey', 'it must be a private key in PEM, without passphrase');
  }
}

async function textIn(request: FastifyRequest, name: string): Promise<string> {
  const value = (await jsonBody(request))[name];
  if (typeof value === 'string' && value !== '') return value;
  return refuseRequest('member-invalid', `body.${name}`, 'it must be a text');
}

function send(reply: FastifyReply, answer: object): FastifyReply {
  return reply.header('content-type', jsonType).send(JSON.stringify(answer));
}
