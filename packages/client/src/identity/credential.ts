/** Sources of access tokens: client credentials of this package, or any credential of `@azure/identity`. */
import { ClientError } from '../error.ts';

/** An access token, and until when it is valid: the `AccessToken` of `@azure/core-auth`. */
export interface AccessToken {
  readonly token: string;
  /** Milliseconds since 1970. */
  readonly expiresOnTimestamp: number;
}

/** Gives access tokens: the `TokenCredential` of `@azure/core-auth`, so that every credential of `@azure/identity` is one. */
export interface TokenCredential {
  /** An access token for the scopes, valid now; `null` when there is none. */
  getToken(
    scopes: string | string[],
    options?: { readonly abortSignal?: AbortSignal },
  ): Promise<Pick<AccessToken, 'token'> | null>;
}

/** A token that was obtained elsewhere; it is sent as it is, whatever scope is asked for. */
export function fixedAccessToken(token: string): TokenCredential {
  return { getToken: async () => ({ token }) };
}

/** Tokens are sent in a header: RFC 6750, section 2.1. */
export const tokenPattern = /^[\x21-\x7e]+$/;

/** The access token of a credential for a scope. Throws `ClientError`; errors of foreign credentials are its cause. */
export async function accessTokenOf(
  credential: TokenCredential,
  scope: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  let given: unknown;
  try {
    given = (await credential.getToken(scope, signal === undefined ? {} : { abortSignal: signal }))?.token;
  } catch (cause) {
    if (cause instanceof ClientError) throw cause;
    if (signal?.aborted === true) throw new ClientError('cancelled', scope, 'the caller cancelled the call', { cause });
    throw new ClientError('credential-failed', scope, 'the credential gave no access token', { cause });
  }
  if (typeof given === 'string' && tokenPattern.test(given)) return given;
  throw new ClientError('credential-failed', scope, 'the credential gave no access token');
}
