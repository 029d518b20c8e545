/** A simulated SEV-SNP machine of a test file, and services that trust it. */
import type { SnpEndorsementSource } from '@atesto/endorsements';
import {
  createSimulatedSnpPlatform,
  createSimulatedUvmSigner,
  generateAmdKeys,
  type SimulatedSnpPlatform,
  type SnpReportOptions,
} from '@atesto/testing/sevsnp';
import type { ServiceSettings } from '../config/schema.ts';
import type { ServiceOptions } from '../service.ts';
import { base64url } from './enclave.ts';
import { serve, type TestService } from './service.ts';

const at = new Date();
const keys = await generateAmdKeys(2048);
export const machine = await createSimulatedSnpPlatform({ at, keys });
export const turin = await createSimulatedSnpPlatform({ at, keys, product: 'Turin' });
export const builder = await createSimulatedUvmSigner({ at });
export const measurement = Buffer.from(machine.report().subarray(144, 192)).toString('hex');

/** AMD's endorsements of the machine from memory; those above a certificate that came with the evidence likewise. */
export function amdSource(platform: SimulatedSnpPlatform = machine): SnpEndorsementSource {
  const endorsed = Promise.all([platform.endorsements('VCEK'), platform.endorsements('VLEK')]);
  return {
    get: async (request) => {
      const [chip, provider] = await endorsed;
      const collateral = request.signingKey === 'VCEK' ? chip : provider;
      const certificate = 'certificate' in request ? request.certificate : collateral.certificate;
      return { ok: true, value: { collateral: { ...collateral, certificate } } };
    },
  };
}

/** A service that trusts the machine. */
export function serveGuests(settings: ServiceSettings = {}, options: ServiceOptions = {}): Promise<TestService> {
  const { provider, ...rest } = settings;
  return serve(
    { ...rest, provider: { trustAnchors: [machine.rootFingerprint], ...provider } },
    { amdEndorsements: amdSource(), ...options },
  );
}

/** A bare report, as a member of a request. */
export const reportOf = (options: SnpReportOptions = {}): string => base64url(machine.report(options));

/** What a document holds besides the report. */
export interface DocumentParts {
  /** PEM. */
  readonly certificates?: string;
  readonly uvm?: readonly Uint8Array[];
}

/** The document of Azure's guests, as a member of a request. */
export function documentOf(report: Uint8Array, { certificates, uvm }: DocumentParts = {}): string {
  const document = {
    SnpReport: base64url(report),
    ...(certificates === undefined ? {} : { VcekCertChain: base64url(certificates) }),
    ...(uvm === undefined ? {} : { Endorsements: base64url(JSON.stringify({ Uvm: uvm.map(base64url) })) }),
  };
  return base64url(JSON.stringify(document));
}
