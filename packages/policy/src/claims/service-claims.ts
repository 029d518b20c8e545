/**
 * The claims that appraisals give to policies, with their value types. Bytes are lower-case hex in a String.
 * Sources: Azure Attestation, "claim sets"; policy language, section 12, for the `$` names. No other type uses these name spaces.
 */
import type { AttestationType } from '@atesto/core';
import type { ClaimValueType } from './claim.ts';

/** Value types by claim type. */
export type ServiceClaims = ReadonlyMap<string, ClaimValueType>;

type ByValueType = Readonly<Record<ClaimValueType, readonly string[]>>;

function claimsNamed(prefix: string, { String: texts, Integer: integers, Boolean: booleans }: ByValueType) {
  const rows = (names: readonly string[], type: ClaimValueType): [string, ClaimValueType][] =>
    names.map((name) => [prefix + name, type]);
  return [...rows(texts, 'String'), ...rows(integers, 'Integer'), ...rows(booleans, 'Boolean')];
}

const sgx: ServiceClaims = new Map([
  ...claimsNamed('x-ms-sgx-', {
    String: [
      'mrsigner',
      'mrenclave',
      'report-data',
      'ehd',
      'collateral',
      'config-id',
      'isv-extended-product-id',
      'isv-family-id',
    ],
    Integer: ['product-id', 'svn', 'config-svn'],
    Boolean: ['is-debuggable'],
  }),
  ...claimsNamed('$', {
    String: ['sgx-mrsigner', 'sgx-mrenclave', 'tee', 'maa-ehd'],
    Integer: ['product-id', 'svn'],
    Boolean: ['is-debuggable'],
  }),
]);

const sevSnp: ServiceClaims = new Map(
  claimsNamed('x-ms-sevsnpvm-', {
    String: [
      'authorkeydigest',
      'familyId',
      'hostdata',
      'idkeydigest',
      'imageId',
      'launchmeasurement',
      'reportdata',
      'reportid',
    ],
    Integer: ['bootloader-svn', 'guestsvn', 'microcode-svn', 'snpfw-svn', 'tee-svn', 'vmpl'],
    Boolean: ['is-debuggable', 'migration-allowed', 'smt-allowed'],
  }),
);

const tdx: ServiceClaims = new Map(
  claimsNamed('tdx_', {
    String: [
      'mrtd',
      'rtmr0',
      'rtmr1',
      'rtmr2',
      'rtmr3',
      'mrseam',
      'mrsignerseam',
      'mrconfigid',
      'mrowner',
      'mrownerconfig',
      'report_data',
      'seam_attributes',
      'td_attributes',
      'tee_tcb_svn',
      'xfam',
    ],
    Integer: ['seamsvn'],
    Boolean: [
      'td_attributes_debug',
      'td_attributes_key_locker',
      'td_attributes_perfmon',
      'td_attributes_protection_keys',
      'td_attributes_septve_disable',
    ],
  }),
);

const none: ServiceClaims = new Map();

/** The hardware claims of an Azure guest are members of `x-ms-isolation-tee`, not top-level claims. */
const byKind: Readonly<Record<AttestationType, ServiceClaims>> = {
  SgxEnclave: sgx,
  OpenEnclave: sgx,
  SevSnpVm: sevSnp,
  TdxVm: tdx,
  AzureGuest: none,
  Tpm: none,
  VbsEnclave: none,
  Pluton: none,
  KeyGuard: none,
  MdepTz: none,
  AiHsm: none,
};

const all: ServiceClaims = new Map([...sgx, ...sevSnp, ...tdx]);

/** The service claims of an attestation type; of all types when it is unknown. */
export function serviceClaims(kind: AttestationType | undefined): ServiceClaims {
  return kind === undefined ? all : byKind[kind];
}

/** Whether a claim type is in a name space that `serviceClaims` lists completely. */
export function isInServiceNames(type: string): boolean {
  return /^(?:x-ms-sgx-|x-ms-sevsnpvm-|tdx_|\$)/.test(type);
}
