/** Which settings does a body name? Those that it leaves out keep what they are. */
import type { Creation, Update } from './body.ts';

/** The settings of a provider's record. */
export function settingsIn({ properties }: Pick<Creation | Update, 'properties'>): Record<string, string> {
  const { publicNetworkAccess, tpmAttestationAuthentication } = properties ?? {};
  return {
    ...(publicNetworkAccess == null ? {} : { publicNetworkAccess }),
    ...(tpmAttestationAuthentication == null ? {} : { tpmAttestationAuthentication }),
  };
}
