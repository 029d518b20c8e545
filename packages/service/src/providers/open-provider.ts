/** Makes the default provider that the settings describe. */
import type { IntelEndorsementSource } from '@atesto/endorsements';
import { defaultTcbBaseline, type TcbBaseline } from '@atesto/evidence';
import type { ServiceConfig } from '../config/schema.ts';
import type { AccessTokens } from '../identity/access-token.ts';
import type { SigningKeys } from '../keys/signing-keys.ts';
import { IntelEndorsements } from './intel.ts';
import { configuredPolicies } from './policy.ts';
import type { Provider } from './provider.ts';

/** What the provider is made of besides the settings. */
export interface ProviderParts {
  readonly uri: string;
  readonly keys: SigningKeys;
  readonly accessTokens: AccessTokens;
  readonly intelSource: IntelEndorsementSource;
}

/** The default provider. Throws `ConfigRefused` when a policy does not compile. */
export function openProvider(config: ServiceConfig, parts: ProviderParts): Provider {
  const { provider, limits } = config;
  const policies = configuredPolicies();
  return {
    uri: parts.uri,
    keys: parts.keys,
    tokenLifetimeSeconds: config.signing.tokenLifetimeSeconds,
    accessTokens: parts.accessTokens,
    requireAccessToken: config.identity.requireAccessToken,
    intel: new IntelEndorsements(parts.intelSource, {
      developmentRoots: provider.trustAnchors,
      timeoutMs: limits.endorsementTimeoutMs,
      graceSeconds: config.endorsements.intel.staleGraceSeconds,
    }),
    baseline: { sgx: sgxBaseline(config) },
    policyOf: (attestationType) => policies.get(attestationType),
  };
}

function sgxBaseline({ provider }: ServiceConfig): TcbBaseline {
  const { acceptedStatuses, maxCollateralAgeSeconds, minTcbEvaluationDataNumber, allowDebug } = provider.baseline.sgx;
  return {
    acceptedTcbStatuses: acceptedStatuses ?? defaultTcbBaseline.acceptedTcbStatuses,
    maximumCollateralAgeSeconds: maxCollateralAgeSeconds ?? defaultTcbBaseline.maximumCollateralAgeSeconds,
    minimumTcbEvaluationDataNumber: minTcbEvaluationDataNumber ?? defaultTcbBaseline.minimumTcbEvaluationDataNumber,
    debug: allowDebug ? 'policy' : 'forbid',
  };
}
