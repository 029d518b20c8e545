/** A `fetch` that trusts one more CA: what a relying party beside a service with a private CA needs. */
import { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Agent, request } from 'node:https';
import * as tls from 'node:tls';
import { type Fetch, maxSetBytes } from '../keys/fetch-keys.ts';
import { misuse } from '../refusal.ts';

/** Statuses whose answers have no body (Fetch standard, "null body status"). */
const withoutBody: readonly number[] = [101, 204, 205, 304];

/**
 * Makes a `fetch` for `createVerifier` that trusts the public CAs and `ca`: PEM, one or several certificates. It fetches over https alone
 * and follows no redirect. Throws `ConfigurationError` when `ca` cannot be read.
 *
 * @example
 * const verifier = createVerifier({ issuers, expectations, fetch: createTrustingFetch(await readFile('ca.pem', 'utf8')) });
 */
export function createTrustingFetch(ca: string): Fetch {
  const agent = new Agent({ secureContext: contextOf(ca) });
  return (url, { headers, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { headers, signal, agent }, (answer) => responseOf(answer).then(resolve, reject));
      sent.on('error', reject);
      sent.end();
    });
}

/** Reads no more than what is refused for its size. */
async function responseOf(answer: IncomingMessage): Promise<Response> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for await (const chunk of answer) {
    const bytes: Uint8Array = chunk;
    chunks.push(bytes);
    sizeBytes += bytes.length;
    if (sizeBytes > maxSetBytes) break;
  }
  const { statusCode: status = 502 } = answer;
  return new Response(withoutBody.includes(status) ? null : new Uint8Array(Buffer.concat(chunks)), { status });
}

/** A CA that is given replaces Node's, which include those of `NODE_EXTRA_CA_CERTS`, so all of them are given. */
function contextOf(ca: unknown): tls.SecureContext {
  const blocks =
    typeof ca === 'string' ? (ca.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []) : [];
  if (blocks.length === 0 || !blocks.every(isCertificate)) return misuse('ca', 'CA certificates in PEM');
  return tls.createSecureContext({ ca: [...defaultAuthorities(), ...blocks] });
}

/** Node passes over what it cannot read. */
function isCertificate(pem: string): boolean {
  try {
    return new X509Certificate(pem).raw.length > 0;
  } catch {
    return false;
  }
}

/** Node before 22.15 tells of its authorities only those that it was built with. */
function defaultAuthorities(): readonly string[] {
  return typeof tls.getCACertificates === 'function' ? tls.getCACertificates('default') : tls.rootCertificates;
}
