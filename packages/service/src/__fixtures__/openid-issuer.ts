/** An OpenID issuer under the tests' control: discovery and key set over HTTPS, tokens of any content. */
import { createServer } from 'node:https';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

export interface TestIssuer {
  readonly issuer: string;
  /** Requests so far, by path. */
  readonly asked: string[];
  /** What discovery and the key set answer; undefined: the connection is left open without an answer. */
  answers: Record<string, { status: number; body: string } | undefined>;
  /** Publishes a new key in place of the old one. */
  rotate(): Promise<void>;
  /** A token; members that are undefined are left out. */
  sign(changes?: { claims?: Record<string, unknown>; header?: Record<string, unknown> }): Promise<string>;
}

const audience = 'https://attest.azure.net';

/** Starts one; it ends with the process. */
export async function startIssuer(tls: { readonly key: string; readonly certificate: string }): Promise<TestIssuer> {
  const asked: string[] = [];
  const server = createServer({ key: tls.key, cert: tls.certificate }, (request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = self.answers[path];
    if (answer !== undefined) response.writeHead(answer.status).end(answer.body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  // It may serve all files of a process, which it does not keep alive.
  server.unref().on('secureConnection', (socket) => socket.unref());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const issuer = `https://127.0.0.1:${port}/tenant/v2.0`;
  let kid = 1;
  let pair = await generateKeyPair('RS256');
  const metadata = JSON.stringify({ issuer, jwks_uri: `https://127.0.0.1:${port}/keys` });
  const publish = async (): Promise<void> => {
    const jwk = { ...(await exportJWK(pair.publicKey)), kid: `key-${kid}`, use: 'sig', alg: 'RS256' };
    self.answers['/keys'] = { status: 200, body: JSON.stringify({ keys: [jwk] }) };
  };
  const self: TestIssuer = {
    issuer,
    asked,
    answers: { '/tenant/v2.0/.well-known/openid-configuration': { status: 200, body: metadata } },
    rotate: async () => {
      pair = await generateKeyPair('RS256');
      kid++;
      await publish();
    },
    sign: ({ claims = {}, header = {} } = {}) => {
      const now = Math.floor(Date.now() / 1000);
      const payload = { iss: issuer, aud: audience, sub: 'client', iat: now, exp: now + 300, ...claims };
      const protectedHeader = { alg: 'RS256', typ: 'at+jwt', kid: `key-${kid}`, ...header };
      return new SignJWT(JSON.parse(JSON.stringify(payload)))
        .setProtectedHeader(JSON.parse(JSON.stringify(protectedHeader)))
        .sign(pair.privateKey);
    },
  };
  await publish();
  return self;
}
