/** Which source of Intel's endorsements do the settings describe? */
import type { ServiceConfig } from '../config/schema.ts';
import type { IntelEndorsementSource } from './intel.ts';

/** The configured source. */
export function intelSourceOf(_config: ServiceConfig): IntelEndorsementSource {
  const refusal = { code: 'endorsements-unconfigured', where: 'endorsements.intel', why: 'no source is configured' };
  return { get: async () => ({ ok: false, refusal }) };
}
