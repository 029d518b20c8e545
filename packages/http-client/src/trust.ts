/** The certification authorities that TLS connections trust. */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** Of the authorities that were used last; more than one process has to do with. */
const keptContexts = 8;
const contexts = new Map<string, SecureContext>();

/**
 * The options of TLS connections that trust Node's default authorities and those of `ca`. An authority that is given replaces the
 * defaults, which include those of `NODE_EXTRA_CA_CERTS`, so all of them are given. Reading them takes tens of milliseconds, so clients that trust
 * the same share them.
 * @param ca PEM, one or several certificates; undefined: the defaults alone
 */
export function trustOptions(ca: string | undefined): { secureContext?: SecureContext } {
  if (ca === undefined) return {};
  const secureContext = contexts.get(ca) ?? createSecureContext({ ca: [...getCACertificates('default'), ca] });
  const [oldest] = contexts.keys();
  if (contexts.size === keptContexts && !contexts.has(ca) && oldest !== undefined) contexts.delete(oldest);
  contexts.set(ca, secureContext);
  return { secureContext };
}
