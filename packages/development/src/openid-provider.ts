/**
 * An OpenID provider for development, on loopback only: discovery, a signing key and the client credentials grant
 * (RFC 6749, section 4.4), at `/{tenant}/v2.0` and at Entra ID's paths.
 */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import { join } from 'node:path';
import Provider, { type Adapter, type Configuration } from 'oidc-provider';
import { z } from 'zod';
import { type Audiences, requestedAudience, scopeOf } from './audience.ts';
import { developmentCertificate } from './certificate.ts';
import { instanceMetadata, routeOf } from './entra-paths.ts';
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
  /** The audiences that a token may be for. A request without scope and resource gets one for the first; an unknown scope is refused. */
  readonly audiences: Audiences;
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
  const authorityHost = new URL(`https://${host}:${portOf(server)}`).origin;
  const mount = `/${tenant}/v2.0`;
  const issuer = `${authorityHost}${mount}`;
  const client = { issuer, authorityHost, tenant, ...clientOf(options), scope: scopeOf(audiences[0]) };
  const answer = providerOf(issuer, client, audiences).callback();
  server.on('request', (request, response) => {
    const route = routeOf(request.url ?? '/', tenant);
    if (route.kind === 'provider') {
      Object.assign(request, { originalUrl: `${mount}${route.path}`, url: route.path });
      void answer(request, response);
    } else if (route.kind === 'instance-discovery') {
      sendJson(response, 200, instanceMetadata(authorityHost, tenant));
    } else if (route.kind === 'tenant-unknown') {
      const why = `AADSTS90002: tenant '${route.tenant}' not found; the only one is '${tenant}'`;
      sendJson(response, 400, { error: 'invalid_tenant', error_description: why });
    } else {
      sendJson(response, 404, { error: 'not_found', error_description: 'there is nothing at this path' });
    }
  });
  return { client, caFile, close: () => stop(server) };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(body));
}

function providerOf(issuer: string, client: DevelopmentClient, audiences: Audiences): Provider {
  const provider = new Provider(issuer, configurationOf(client, audiences));
  provider.use(async (context, next) => {
    await next();
    const body: unknown = context.body;
    if (context.path !== '/token' || typeof body !== 'object' || body === null || !('expires_in' in body)) return;
    // Clients of version 1 of Entra's endpoint read the time itself, as text.
    Object.assign(body, { expires_on: String(Math.floor(Date.now() / 1000) + Number(body.expires_in)) });
  });
  return provider;
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

function configurationOf(client: DevelopmentClient, audiences: Audiences): Configuration {
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
        defaultResource: ({ oidc }) => requestedAudience({ scope: scopeParameter(oidc.params) }, audiences).audience,
        getResourceServerInfo: ({ oidc }, resource) => ({
          ...requestedAudience({ scope: scopeParameter(oidc.params), resource }, audiences),
          accessTokenFormat: 'jwt',
        }),
      },
    },
  };
}

function scopeParameter(parameters: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const scope = parameters?.scope;
  return typeof scope === 'string' ? scope : undefined;
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
