/**
 * An OpenID provider for development, on loopback only: discovery, a signing key and the client credentials grant
 * (RFC 6749, section 4.4). Its paths are those that Azure's identity libraries expect: `/{tenant}/v2.0`.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import Provider, { type Adapter, type Configuration, errors } from 'oidc-provider';
import { z } from 'zod';
import { developmentCertificate } from './certificate.ts';
import { readIfPresent, writePrivately } from './private-file.ts';

/** How the provider runs. */
export interface OpenIdProviderOptions {
  /** Where certificate and client are kept: {@link developmentCertificate} and `client.json`. */
  readonly directory: string;
  /** The names of its certificate. */
  readonly names: readonly string[];
  /** The loopback port; 0 takes a free one. */
  readonly port: number;
  /** The first segment of its path. */
  readonly tenant: string;
  /** The audiences that a token may be for. A token whose scope names none is for the first. */
  readonly audiences: readonly [string, ...string[]];
  /** Default: the one of `client.json`, which is made on first start. */
  readonly clientId: string | undefined;
  /** Default: as for `clientId`. */
  readonly clientSecret: string | undefined;
}

/** What a client needs to get an access token. */
export interface DevelopmentClient {
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

/** A running provider. */
export interface OpenIdProvider {
  readonly client: DevelopmentClient;
  /** The path of the CA certificate (PEM) that made its certificate. */
  readonly caFile: string;
  close(): Promise<void>;
}

const host = '127.0.0.1';

/** Starts a provider. Throws the error of the socket when it cannot listen. */
export async function startOpenIdProvider(options: OpenIdProviderOptions): Promise<OpenIdProvider> {
  const { directory, names, port, tenant, audiences } = options;
  const { key, certificate, caFile } = await developmentCertificate(directory, names);
  const server = createServer({ key, cert: certificate, minVersion: 'TLSv1.2' });
  await listen(server, port);
  const authorityHost = `https://${host}:${portOf(server)}`;
  const mount = `/${tenant}/v2.0`;
  const issuer = `${authorityHost}${mount}`;
  const client = { issuer, authorityHost, tenant, ...clientOf(options), scope: scopeOf(audiences[0]) };
  const answer = new Provider(issuer, configurationOf(client, audiences)).callback();
  server.on('request', (request, response) => {
    const target = request.url ?? '/';
    if (!target.startsWith(`${mount}/`)) {
      response.writeHead(404).end();
      return;
    }
    Object.assign(request, { originalUrl: target, url: target.slice(mount.length) });
    void answer(request, response);
  });
  return { client, caFile, close: () => stop(server) };
}

/** Stores nothing: access tokens are JWTs and the client is configured. */
const noOpAdapter: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUserCode: async () => undefined,
  findByUid: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

function scopeOf(audience: string): string {
  return `${audience}/.default`;
}

function configurationOf(client: DevelopmentClient, audiences: OpenIdProviderOptions['audiences']): Configuration {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const { kty, n, e, d, p, q, dp, dq, qi } = privateKey.export({ format: 'jwk' });
  return {
    jwks: { keys: [{ kty, n, e, d, p, q, dp, dq, qi, use: 'sig', alg: 'RS256' }] },
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        grant_types: ['client_credentials'],
        response_types: [],
        redirect_uris: [],
        token_endpoint_auth_method: 'client_secret_post',
      },
    ],
    scopes: audiences.map(scopeOf),
    ttl: { ClientCredentials: 3600 },
    adapter: () => noOpAdapter,
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

function clientOf({ directory, ...configured }: OpenIdProviderOptions): z.output<typeof clientSchema> {
  const path = join(directory, 'client.json');
  const text = readIfPresent(path);
  const stored = text === undefined ? undefined : clientSchema.parse(JSON.parse(text));
  const client = stored ?? { clientId: 'atesto-development', clientSecret: randomBytes(32).toString('base64url') };
  if (stored === undefined) writePrivately(path, JSON.stringify(client));
  const { clientId = client.clientId, clientSecret = client.clientSecret } = configured;
  return { clientId, clientSecret };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
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
