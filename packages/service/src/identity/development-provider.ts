/**
 * An OpenID provider for development: real discovery, a real key, client credentials (RFC 6749, section 4.4), on loopback alone.
 * Its paths are those that Azure's identity libraries expect: `/{tenant}/v2.0`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import Provider, { type Adapter, type Configuration, errors } from 'oidc-provider';
import { z } from 'zod';
import type { ServiceConfig } from '../config/schema.ts';
import { portOf } from '../http/base-uri.ts';
import { readIfPresent, writeDurably } from '../state/file.ts';
import { developmentTls } from '../tls/material.ts';

/** What a client needs to get an access token. */
export interface DevelopmentIdentity {
  /** `<authorityHost>/<tenant>/v2.0`. */
  readonly issuer: string;
  /** For Azure's identity libraries, with instance discovery disabled. */
  readonly authorityHost: string;
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `<audience>/.default`. */
  readonly scope: string;
}

/** The running provider. */
export interface DevelopmentProvider {
  readonly identity: DevelopmentIdentity;
  /** How the service reaches it. */
  readonly accepted: { readonly issuer: string; readonly caFile: string | undefined };
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts it. The settings were checked: the environment is development. */
export async function startDevelopmentProvider(config: ServiceConfig): Promise<DevelopmentProvider> {
  const tls = await developmentTls(config);
  const { port, tenant } = config.developmentIdentity;
  const server = createServer({ key: tls.key, cert: tls.certificate, minVersion: 'TLSv1.2' });
  await listen(server, port);
  const authorityHost = `https://${host}:${portOf(server.address())}`;
  const [audience = ''] = config.identity.audiences;
  const mount = `/${tenant}/v2.0`;
  const identity = {
    issuer: `${authorityHost}${mount}`,
    authorityHost,
    tenant,
    ...clientOf(config),
    scope: `${audience}/.default`,
  };
  const [management = ''] = config.identity.managementAudiences;
  const answer = new Provider(identity.issuer, settingsOf(identity, [audience, management])).callback();
  server.on('request', (request, response) => {
    const target = request.url ?? '/';
    if (!target.startsWith(`${mount}/`)) {
      response.writeHead(404).end();
      return;
    }
    Object.assign(request, { originalUrl: target, url: target.slice(mount.length) });
    void answer(request, response);
  });
  const accepted = { issuer: identity.issuer, caFile: tls.developmentCaFile };
  return { identity, accepted, close: () => stop(server) };
}

/** Access tokens are JWTs and the client is configured: nothing has to be remembered. */
const forgetful: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

/** The first of the audiences is the one for which a token is unless its scope says another. */
function settingsOf(identity: DevelopmentIdentity, audiences: readonly [string, string]): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { kty, n, e, d, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' });
  const scopeOf = (audience: string): string => `${audience}/.default`;
  return {
    jwks: { keys: [{ kty, n, e, d, p, q, dp, dq, qi, use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: identity.clientId,
        client_secret: identity.clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: audiences.map(scopeOf),
    ttl: { ClientCredentials: 3600 },
    adapter: () => forgetful,
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    features: {
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: ({ oidc }) => audiences.find((one) => scopeOf(one) === oidc.params?.scope) ?? audiences[0],
        getResourceServerInfo: (_context, audience) => {
          if (!audiences.includes(audience)) throw new errors.InvalidTarget();
          return { scope: scopeOf(audience), audience, accessTokenFormat: 'jwt' };
        },
      },
    },
  };
}

const clientSchema = z.strictObject({ clientId: z.string(), clientSecret: z.string() });

/** The configured client, or the one of the state directory, made on first start. */
function clientOf(config: ServiceConfig): z.output<typeof clientSchema> {
  const path = join(config.stateDirectory, 'development', 'client.json');
  const stored = readIfPresent(path)?.toString();
  const kept = stored === undefined ? undefined : clientSchema.parse(JSON.parse(stored));
  const made = kept ?? { clientId: 'atesto-development', clientSecret: randomBytes(32).toString('base64url') };
  if (kept === undefined) writeDurably(path, JSON.stringify(made));
  const { clientId = made.clientId, clientSecret = made.clientSecret } = config.developmentIdentity;
  return { clientId, clientSecret };
}

function listen(server: Server, port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  return promise;
}

function stop(server: Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  return promise;
}
