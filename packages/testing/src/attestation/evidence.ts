/** Evidence of simulated platforms, for the environment that a test names: what `attest` of `@atesto/client` takes. */
import { ConfigurationError } from '@atesto/core';
import type { SimulatedPlatform } from '../intel/platform.ts';
import type { SimulatedSnpPlatform } from '../sevsnp/platform.ts';
import { checkEnvironment, type TestEnvironment } from './contents.ts';

/** Evidence, and the operation that it goes to. */
export interface TestEvidence {
  readonly attestationType: 'SgxEnclave' | 'TdxVm' | 'SevSnpVm';
  readonly bytes: Uint8Array;
}

/** A source of evidence. */
export interface TestEvidenceSource {
  /** Makes evidence. @param reportData 64 bytes that the evidence is to commit to */
  collect(reportData: Uint8Array): Promise<TestEvidence>;
}

/**
 * Evidence of a platform: of an enclave or a trust domain from one of Intel, of a guest from one of AMD. Throws `ConfigurationError` when
 * the environment is not of the platform, or is malformed.
 * @param environment default: an enclave or a guest as {@link TestEnclave} and {@link TestGuest} are by default
 *
 * @example
 * const { token } = await client.attest(evidenceFromPlatform(platform, { sgx: { mrSigner, svn: 3 } }));
 */
export function evidenceFromPlatform(
  platform: SimulatedPlatform | SimulatedSnpPlatform,
  environment?: TestEnvironment,
): TestEvidenceSource {
  const make = 'tdxQuote' in platform ? ofIntel(platform, environment) : ofAmd(platform, environment);
  return { collect: async (reportData) => make(reportData) };
}

type Make = (reportData: Uint8Array) => TestEvidence;

function ofIntel(platform: SimulatedPlatform, environment: TestEnvironment = { sgx: {} }): Make {
  checkEnvironment(environment, 'environment');
  const { sgx, tdx } = environment;
  if (tdx !== undefined) {
    const body = given(tdx);
    return (reportData) => ({ attestationType: 'TdxVm', bytes: platform.tdxQuote({ body: { ...body, reportData } }) });
  }
  if (sgx === undefined) throw new ConfigurationError('environment', 'sgx or tdx, for a platform of Intel');
  const { productId: isvProdId, svn: isvSvn, ...others } = sgx;
  const body = given({ ...others, isvProdId, isvSvn });
  return (reportData) => ({ attestationType: 'SgxEnclave', bytes: platform.quote({ body: { ...body, reportData } }) });
}

function ofAmd(platform: SimulatedSnpPlatform, environment: TestEnvironment = { sevsnp: {} }): Make {
  checkEnvironment(environment, 'environment');
  const { sevsnp } = environment;
  if (sevsnp === undefined) throw new ConfigurationError('environment', 'sevsnp, for a platform of AMD');
  const { launchMeasurement: measurement, ...others } = sevsnp;
  const fields = given({ ...others, measurement });
  return (reportData) => ({
    attestationType: 'SevSnpVm',
    bytes: platform.report({ fields: { ...fields, reportData } }),
  });
}

/** The members that are not undefined: the others are the builder's own. */
function given<Members extends object>(members: Members): { [Name in keyof Members]?: NonNullable<Members[Name]> } {
  const defined = Object.entries(members).filter(([, value]) => value !== undefined);
  const some: { [Name in keyof Members]?: NonNullable<Members[Name]> } = {};
  return Object.assign(some, Object.fromEntries(defined));
}
