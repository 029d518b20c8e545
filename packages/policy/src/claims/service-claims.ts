/**
 * Which claims does the appraisal of evidence give to a policy, and of what type is their value? Bytes are lower-case hex in a String.
 * Sources: Azure Attestation, "claim sets"; policy language, section 12, for the `$` names. TPM and VBS evidence have none of these name spaces.
 */
import type { AttestationKind } from '../attestation-kind.ts';
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

/** The hardware claims of an Azure guest stand below `x-ms-isolation-tee`, not at the top. */
const byKind: Readonly<Record<AttestationKind, ServiceClaims>> = {
  SgxEnclave: sgx,
  OpenEnclave: sgx,
  SevSnpVm: sevSnp,
  TdxVm: tdx,
  AzureGuest: none,
  Tpm: none,
  VbsEnclave: none,
};

const all: ServiceClaims = new Map([...sgx, ...sevSnp, ...tdx]);

/** The claims of an attestation type within the service's name spaces; of all when it is not known. */
export function serviceClaims(kind: AttestationKind | undefined): ServiceClaims {
  return kind === undefined ? all : byKind[kind];
}

/** Whether a claim type lies in a name space of which `serviceClaims` is the whole. */
export function isInServiceNames(type: string): boolean {
  return /^(?:x-ms-sgx-|x-ms-sevsnpvm-|tdx_|\$)/.test(type);
}
