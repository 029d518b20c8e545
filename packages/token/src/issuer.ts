/**
 * Checks issuer URIs. The same text is `iss` of tokens, base of `jku`, and `CN` of the signing certificate, because clients compare
 * the three as strings.
 */
import { refuse } from './refusal.ts';

// Unreserved characters, '%' and the delimiters that RFC 4514 leaves unescaped: every reader shows the same `CN=`.
const withoutEscapes = /^https?:\/\/[A-Za-z0-9._~:[\]@!$&'()*%/-]+$/;

/** Refuses a URI that is not absolute http(s), ends in a slash, or has a query, fragment, credentials or characters that a distinguished name escapes. */
export function checkIssuer(issuer: string): void {
  const url = URL.canParse(issuer) ? new URL(issuer) : undefined;
  if (url === undefined || !withoutEscapes.test(issuer)) {
    refuse('issuer-invalid', 'issuer', "the issuer must be an http(s) URI of letters, digits and -._~:[]@!$&'()*%/");
  }
  if (issuer.endsWith('/')) refuse('issuer-invalid', 'issuer', 'the issuer must not end in a slash');
  if (url.username !== '' || url.password !== '') {
    refuse('issuer-invalid', 'issuer', 'the issuer must not contain credentials');
  }
}

/** The address of the issuer's keys: `jku` of its tokens and `jwks_uri` of its metadata. */
export function certsUri(issuer: string): string {
  return `${issuer}/certs`;
}
