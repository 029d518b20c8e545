/** Where and in which tenant Azure's identity libraries sign in, read from the issuer of access tokens. */

/** A tenant of Entra ID, or of what has its paths. */
export interface Authority {
  /** Without trailing slash. */
  readonly loginEndpoint: string;
  readonly tenant: string;
}

const version2 = /^(https:\/\/[^/]+)\/([^/]+)\/v2\.0\/?$/;
/** Entra ID names itself so in tokens of version 1; one signs in at another host. */
const version1 = /^https:\/\/sts\.windows\.net\/([^/]+)\/?$/;

/** The first issuer decides. An issuer without Entra's paths is its own login endpoint, of every tenant; without issuers nobody can sign in. */
export function authorityOf(issuers: readonly { readonly issuer: string }[]): Authority {
  const issuer = issuers[0]?.issuer ?? '';
  const [, loginEndpoint, tenant] = version2.exec(issuer) ?? [];
  if (loginEndpoint !== undefined && tenant !== undefined) return { loginEndpoint, tenant };
  const [, older] = version1.exec(issuer) ?? [];
  if (older !== undefined) return { loginEndpoint: 'https://login.microsoftonline.com', tenant: older };
  return { loginEndpoint: issuer.replace(/\/$/, ''), tenant: 'common' };
}
