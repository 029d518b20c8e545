/** Parts of a running service that a reload replaces, behind faces that stay: whoever holds a face uses what is in force. */
import type { EndorsementSources, OpenEndorsementSources } from '../endorsements/sources.ts';
import type { AccessTokens } from '../identity/access-token.ts';

/** Something that can be replaced. */
export interface Replaceable<Value> {
  current: Value;
}

/** The face of accepted issuers. */
export function accessTokensOf(accepted: Replaceable<AccessTokens>): AccessTokens {
  return {
    get issuers() {
      return accepted.current.issuers;
    },
    get managementAudiences() {
      return accepted.current.managementAudiences;
    },
    get clockSkewSeconds() {
      return accepted.current.clockSkewSeconds;
    },
  };
}

/** The face of sources of endorsements. */
export function sourcesOf(open: Replaceable<OpenEndorsementSources>): EndorsementSources {
  return {
    intel: { get: (request, options) => open.current.intel.get(request, options) },
    amd: { get: (request, options) => open.current.amd.get(request, options) },
  };
}
