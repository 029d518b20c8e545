/** The challenge of 401 replies: RFC 6750, section 3, in the form that Azure's clients read. */

/** The value of `WWW-Authenticate`. */
export function bearerChallenge(issuers: readonly string[], audiences: readonly string[]): string {
  const [issuer] = issuers;
  const [resource = ''] = audiences;
  const place = issuer === undefined ? '' : `authorization_uri="${issuer}", `;
  return `Bearer ${place}resource="${resource}"`;
}
