/** The certification authorities that TLS connections trust. */
import { getCACertificates } from 'node:tls';

/**
 * Node's default authorities and those of `ca`, for the `ca` option of TLS connections. The option replaces the defaults, which
 * include those of `NODE_EXTRA_CA_CERTS`, so both must be in it.
 * @param ca PEM, one or several certificates; undefined: the defaults alone
 */
export function trustedAuthorities(ca: string | undefined): { ca?: string[] } {
  return ca === undefined ? {} : { ca: [...getCACertificates('default'), ca] };
}
