/** Builds the parts that all providers share from the settings. */
import { defaultTcbBaseline, type TcbBaseline, type TdxReferenceValue } from '@atesto/evidence/advanced';
import type { ServiceConfig } from '../config/schema.ts';
import type { EndorsementSources } from '../endorsements/sources.ts';
import type { AccessTokens } from '../identity/access-token.ts';
import { AmdEndorsements } from './amd.ts';
import { IntelEndorsements } from './intel.ts';
import type { DraftPolicies, Provider } from './provider.ts';
import { snpBaselineOf, snpReferenceValuesOf } from './sevsnp-settings.ts';
import { selectableTcbBaselines } from './tcb-baselines.ts';

/** What providers are made of besides the settings. */
export interface ProviderDeps {
  readonly accessTokens: AccessTokens;
  readonly sources: EndorsementSources;
  readonly policyWorkers: Provider['policyWorkers'];
}

/** What all providers have in common. */
export type SharedDeps = Omit<Provider, 'id' | 'name' | 'trustModel' | 'createdAtMs' | 'uri' | 'keys' | 'policyOf'>;

/** The common parts. */
export function sharedParts(config: ServiceConfig, parts: ProviderDeps): SharedDeps {
  const { provider, limits, endorsements } = config;
  return {
    tokenLifetimeSeconds: config.signing.tokenLifetimeSeconds,
    accessTokens: parts.accessTokens,
    requireAccessToken: config.identity.requireAccessToken,
    draftPolicies: draftPoliciesOf(config),
    policyWorkers: parts.policyWorkers,
    intel: new IntelEndorsements(parts.sources.intel, {
      developmentRoots: provider.trustAnchors,
      timeoutMs: limits.endorsementTimeoutMs,
    }),
    amd: new AmdEndorsements(parts.sources.amd, {
      developmentRoots: provider.trustAnchors,
      timeoutMs: limits.endorsementTimeoutMs,
      revocationList: endorsements.amd.revocationList,
    }),
    baseline: {
      sgx: intelBaseline(provider.baseline.sgx),
      tdx: intelBaseline(provider.baseline.tdx),
      sevsnp: snpBaselineOf(config),
      azureGuest: provider.baseline.azureGuest,
    },
    referenceValues: { sevsnp: snpReferenceValuesOf(config), tdx: provider.referenceValues.tdx.map(tdxReferenceValue) },
    tcbBaselines: selectableTcbBaselines(config),
    initTimeBinding: { tdx: provider.initTimeBinding.tdx },
  };
}

/** Whose drafts are evaluated, where the settings do not say it: in production nobody's who is not known. */
export function draftPoliciesOf({
  environment,
  provider,
}: Pick<ServiceConfig, 'environment'> & {
  readonly provider: Pick<ServiceConfig['provider'], 'draftPolicies'>;
}): DraftPolicies {
  return provider.draftPolicies ?? (environment === 'production' ? 'authenticated' : 'anyone');
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

function tdxReferenceValue({ complianceStatus, mrTds }: TdxReferenceValue): TdxReferenceValue {
  return { complianceStatus, mrTds: mrTds.map((mrTd) => mrTd.toLowerCase()) };
}
