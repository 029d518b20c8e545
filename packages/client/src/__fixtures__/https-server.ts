/** An HTTPS server on loopback that answers as a test says, with a certificate of a throw-away CA. */
import { createServer } from 'node:https';
import { text } from 'node:stream/consumers';
import { after } from 'node:test';
import { createSimulatedPlatform } from '@atesto/testing/sgx';

/** One request as it arrived. */
export interface Received {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What to answer; `hang` never answers, `break` closes the connection in place of an answer. */
export type Answer =
  | { readonly status: number; readonly body: string | Uint8Array; readonly headers?: Record<string, string> }
  | 'hang'
  | 'break';

/** A running server. */
export interface TestServer {
  readonly url: string;
  /** PEM of the CA. */
  readonly ca: string;
  readonly received: Received[];
  /** Answers the requests in order; the last answer stays. */
  answers: readonly Answer[];
}

/** Subject alternative names: IP address 127.0.0.1. */
const loopbackName = Uint8Array.of(0x30, 0x06, 0x87, 0x04, 127, 0, 0, 1);

/** The platform's signing certificate is an ordinary leaf under its root: with another name it serves for TLS. */
async function makeMaterial() {
  const platform = await createSimulatedPlatform({
    at: new Date(),
    certificates: { tcbSigning: { extensions: [{ oid: '2.5.29.17', critical: false, value: loopbackName }] } },
  });
  const key = platform.keys.tcbSigning.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { ca: platform.certificates.root, cert: platform.certificates.tcbSigning, key };
}

/** Made when the module is loaded: what waits for a promise of another test counts as that test's, and so do its hooks. */
const { ca, cert, key } = await makeMaterial();

/** Starts a server; it ends with the test, or the file, that starts it. */
export async function startServer(...answers: Answer[]): Promise<TestServer> {
  const received: Received[] = [];
  const server = createServer({ key, cert }, async (request, response) => {
    const { method = '', url: path = '', headers } = request;
    received.push({ method, path, headers, body: await text(request) });
    const answer = self.answers[Math.min(received.length, self.answers.length) - 1] ?? 'break';
    if (answer === 'hang') return;
    if (answer === 'break') request.socket.destroy();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, '127.0.0.1', resolve);
  await promise;
  after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const self: TestServer = { url: `https://127.0.0.1:${port}`, ca, received, answers };
  return self;
}

/** A 200 with a JSON body. */
export function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return { status: 200, body: JSON.stringify(value), headers: { 'content-type': 'application/json', ...headers } };
}
