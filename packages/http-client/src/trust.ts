/** The certification authorities that TLS connections trust. */
import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/**
 * The options of TLS connections that trust Node's default authorities and those of `ca`. An authority that is given replaces the
 * defaults, which include those of `NODE_EXTRA_CA_CERTS`, so all of them are given. Reading them takes milliseconds: make it once.
 * @param ca PEM, one or several certificates; undefined: the defaults alone
 */
export function trustOptions(ca: string | undefined): { secureContext?: SecureContext } {
  if (ca === undefined) return {};
  return { secureContext: createSecureContext({ ca: [...getCACertificates('default'), ca] }) };
}
