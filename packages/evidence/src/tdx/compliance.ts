/** Compares a genuine trust domain with reference values (RFC 9334), which give it a compliance status. */
import { hex } from '../claims.ts';
import type { TdReportBody } from './report-body.ts';

/**
 * Trust domains that the operator knows. One that can be debugged is none of them, nor one that can be migrated: its host chooses the service
 * domain that keeps the key of its exported memory.
 */
export interface TdxReferenceValue {
  /** What the claim `x-ms-compliance-status` says of them. */
  readonly complianceStatus: string;
  /** MRTD, 48 bytes each, hex in lower case. */
  readonly mrTds: readonly string[];
}

/** The status of the first reference value that the domain fits; undefined: it fits none. */
export function tdxComplianceStatus(body: TdReportBody, values: readonly TdxReferenceValue[]): string | undefined {
  if (body.debug || body.migratable) return undefined;
  return values.find(({ mrTds }) => mrTds.includes(hex(body.mrTd)))?.complianceStatus;
}
