/** Finds the token endpoint of an OpenID issuer: OpenID Connect Discovery 1.0, section 4. */
import type { HttpRequest } from '@atesto/http-client';
import { ClientError } from '../error.ts';
import { addressFault } from '../http/address.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { type JsonMembers, memberOf, requireMembers, requireText } from '../http/json.ts';

/** How the client proves who it is: OpenID Connect Core 1.0, section 9. */
export type ClientAuthentication = 'client_secret_post' | 'client_secret_basic';

/** What was discovered. */
export interface TokenEndpoint {
  readonly uri: string;
  readonly authentication: ClientAuthentication;
}

/** Finds the token endpoint of an issuer. The document must name the very issuer at which it was found. */
export async function discoverTokenEndpoint(
  issuer: string,
  wanted: ClientAuthentication | undefined,
  send: (request: HttpRequest) => Promise<HttpAnswer>,
): Promise<TokenEndpoint> {
  const url = `${issuer}/.well-known/openid-configuration`;
  const answer = await send({ method: 'GET', url, headers: { accept: 'application/json' } });
  if (answer.status !== 200) throw new ClientError('answer-malformed', url, `discovery answered ${answer.status}`);
  const document = requireMembers(answer.text, url);
  const named = requireText(document, 'issuer', url).replace(/\/+$/, '');
  if (named !== issuer) {
    throw new ClientError('identity-issuer-wrong', url, `the document is of another issuer than ${issuer}`);
  }
  const endpoint = requireText(document, 'token_endpoint', url);
  // An endpoint may have a query; it must be https like everything that gets a secret.
  const fault = addressFault(endpoint.replace(/\?.*$/s, ''));
  if (fault !== undefined)
    throw new ClientError('answer-malformed', url, `its token_endpoint is not ${fault.expected}`);
  return { uri: endpoint, authentication: wanted ?? chooseAuthentication(document, url) };
}

/** Without a list the protocol says `client_secret_basic`. */
function chooseAuthentication(document: JsonMembers, url: string): ClientAuthentication {
  const listed = memberOf(document, 'token_endpoint_auth_methods_supported');
  const methods: readonly unknown[] = Array.isArray(listed) ? listed : ['client_secret_basic'];
  if (methods.includes('client_secret_post')) return 'client_secret_post';
  if (methods.includes('client_secret_basic')) return 'client_secret_basic';
  throw new ClientError('identity-method-unsupported', url, 'the provider accepts no client secrets');
}
