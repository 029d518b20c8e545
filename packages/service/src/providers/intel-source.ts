/** Which source of Intel's endorsements do the settings describe? */
import { createBundleSource, createFallbackSource, type IntelEndorsementSource } from '@atesto/endorsements';
import { ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';

/** The configured source. Throws `ConfigRefused` for a setting that this version cannot serve. */
export function intelSourceOf({ endorsements: { intel }, provider }: ServiceConfig): IntelEndorsementSource {
  if (intel.url !== undefined) {
    const why = 'this version reads collateral from files only; write endorsements.intel.bundle';
    throw new ConfigRefused([{ code: 'setting-invalid', where: 'endorsements.intel.url', why }]);
  }
  if (Object.keys(provider.policies).length > 0) {
    const why = 'this version evaluates the documented default policies only; leave the setting out';
    throw new ConfigRefused([{ code: 'setting-invalid', where: 'provider.policies', why }]);
  }
  return createFallbackSource(intel.bundle === undefined ? [] : [createBundleSource({ path: intel.bundle })]);
}
