/** Translates the settings of SEV-SNP guests into the types of the evidence package. */
import type { SnpBaseline, SnpGuestIdentity, SnpReferenceValue } from '@atesto/evidence/advanced';
import type { ServiceConfig } from '../config/schema.ts';

type Settings = Pick<ServiceConfig, 'provider' | 'endorsements'>;
type ReferenceSettings = Settings['provider']['referenceValues']['sevsnp'][number];

/** The baseline. Whether a revocation list is needed follows from where the endorsements come from. */
export function snpBaselineOf({ provider, endorsements }: Settings): SnpBaseline {
  const { minimumTcb, productsWithoutMinimum, maximumVmpl, ...allowed } = provider.baseline.sevsnp;
  const left = (isAllowed: boolean): 'policy' | 'forbid' => (isAllowed ? 'policy' : 'forbid');
  return {
    minimumTcb: namedParts(minimumTcb),
    productsWithoutMinimum,
    debug: left(allowed.allowDebug),
    migration: left(allowed.allowMigration),
    smt: left(allowed.allowSmt),
    maximumVmpl,
    revocation: endorsements.amd.revocationList === 'required' ? 'crl' : 'unchecked',
  };
}

function namedParts(minimumTcb: Settings['provider']['baseline']['sevsnp']['minimumTcb']): SnpBaseline['minimumTcb'] {
  const present = Object.entries(minimumTcb).flatMap(([product, levels]) =>
    levels === undefined ? [] : [[product, defined(levels)] as const],
  );
  return Object.fromEntries(present);
}

function defined(levels: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(levels).flatMap(([part, level]) => (level === undefined ? [] : [[part, level]])),
  );
}

/** The reference values. */
export function snpReferenceValuesOf({ provider }: Settings): SnpReferenceValue[] {
  return provider.referenceValues.sevsnp.map((value) => ({
    complianceStatus: value.complianceStatus,
    identity: identityOf(value),
    hostData: value.hostData?.map(lowerCase) ?? 'any',
    minimumGuestSvn: value.minimumGuestSvn,
    maximumVmpl: value.maximumVmpl,
  }));
}

function identityOf({ measurements, idKeyDigests = [], uvm }: ReferenceSettings): SnpGuestIdentity {
  if (measurements !== undefined) return { measurements: measurements.map(lowerCase) };
  return uvm === undefined ? { idKeyDigests: idKeyDigests.map(lowerCase) } : { uvm };
}

const lowerCase = (hex: string): string => hex.toLowerCase();
