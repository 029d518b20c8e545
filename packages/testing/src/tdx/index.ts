/**
 * Simulated TDX platforms: quotes of trust domains and Intel's endorsements under throwaway keys. What a platform is made of is in
 * `@atesto/testing/sgx`.
 *
 * @module testing/tdx
 */
export { createSimulatedPlatform, type PlatformOptions, SimulatedPlatform } from '../intel/platform.ts';
export { reportDataOf } from '../sgx/report-body.ts';
export type { TdxQuoteOptions } from './quote.ts';
export type { TdReportBodyFields, TdReportLayout } from './report-body.ts';
