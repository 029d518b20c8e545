/** Evidence of a simulated platform, for development and tests. */
import { checkReportData, type EvidenceSource, evidenceOf } from './source.ts';

/** What is needed of a platform: `SimulatedPlatform` of the simulator has it. */
export interface QuotingPlatform {
  /** Quotes an enclave with 64 bytes of report data. */
  quote(options: { readonly body: { readonly reportData: Uint8Array } }): Uint8Array;
}

/** Evidence from a platform that quotes an enclave with the report data asked for. */
export function evidenceFromPlatform(platform: QuotingPlatform): EvidenceSource {
  return {
    collect: async (reportData) => {
      checkReportData(reportData);
      return evidenceOf(platform.quote({ body: { reportData } }), 'simulator');
    },
  };
}
