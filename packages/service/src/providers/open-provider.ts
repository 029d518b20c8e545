/** What do all providers have from the settings? */
import type { IntelEndorsementSource } from '@atesto/endorsements';
import { defaultTcbBaseline, type TcbBaseline } from '@atesto/evidence';
import type { ServiceConfig } from '../config/schema.ts';
import type { AccessTokens } from '../identity/access-token.ts';
import { IntelEndorsements } from './intel.ts';
import type { Provider } from './provider.ts';

/** What providers are made of besides the settings. */
export interface ProviderParts {
  readonly accessTokens: AccessTokens;
  readonly intelSource: IntelEndorsementSource;
}

/** What all providers have in common. */
export type SharedParts = Omit<Provider, 'id' | 'name' | 'trustModel' | 'createdAtMs' | 'uri' | 'keys' | 'policyOf'>;

/** The common parts. */
export function sharedParts(config: ServiceConfig, parts: ProviderParts): SharedParts {
  const { provider, limits } = config;
  return {
    tokenLifetimeSeconds: config.signing.tokenLifetimeSeconds,
    accessTokens: parts.accessTokens,
    requireAccessToken: config.identity.requireAccessToken,
    intel: new IntelEndorsements(parts.intelSource, {
      developmentRoots: provider.trustAnchors,
      timeoutMs: limits.endorsementTimeoutMs,
      graceSeconds: config.endorsements.intel.staleGraceSeconds,
    }),
    baseline: { sgx: intelBaseline(provider.baseline.sgx), tdx: intelBaseline(provider.baseline.tdx) },
    initTimeBinding: { tdx: provider.initTimeBinding.tdx },
  };
}

/** SGX and TDX have the same settings. */
function intelBaseline(settings: ServiceConfig['provider']['baseline']['sgx']): TcbBaseline {
  const { acceptedStatuses, maxCollateralAgeSeconds, minTcbEvaluationDataNumber, allowDebug } = settings;
  return {
    acceptedTcbStatuses: acceptedStatuses ?? defaultTcbBaseline.acceptedTcbStatuses,
    maximumCollateralAgeSeconds: maxCollateralAgeSeconds ?? defaultTcbBaseline.maximumCollateralAgeSeconds,
    minimumTcbEvaluationDataNumber: minTcbEvaluationDataNumber ?? defaultTcbBaseline.minimumTcbEvaluationDataNumber,
    debug: allowDebug ? 'policy' : 'forbid',
  };
}
