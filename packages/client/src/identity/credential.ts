/** Sources of access tokens: client credentials of this package, or the identity library of a platform. */

/** Gives access tokens. */
export interface Credential {
  /** An access token for the attestation service, valid now. */
  accessToken(signal?: AbortSignal): Promise<string>;
}

/** A token that was obtained elsewhere; it is sent as it is. */
export function fixedAccessToken(token: string): Credential {
  return { accessToken: async () => token };
}
