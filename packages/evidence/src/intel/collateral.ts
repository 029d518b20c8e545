/** Intel's endorsements for one DCAP quote, as bytes: nothing here has been verified. */

import { checkBytes, checkList, checkObject, checkText, type OptionNames } from '@atesto/core';

/**
 * The members of Intel's verification collateral (SGX/TDX DCAP Quote Verification Library, `_sgx_ql_qve_collateral_t`).
 * Bodies are kept exactly as received, because the signatures cover those bytes.
 */
export interface IntelCollateral {
  /** PEM chain: PCK CA, root. */
  readonly pckCrlIssuerChain: string;
  /** DER. */
  readonly rootCaCrl: Uint8Array;
  /** DER; issued by the CA that issued the PCK certificate. */
  readonly pckCrl: Uint8Array;
  /** PEM chain: TCB signing certificate, root. */
  readonly tcbInfoIssuerChain: string;
  /** UTF-8 JSON: the inner `tcbInfo` object. */
  readonly tcbInfo: Uint8Array;
  /** 64 bytes, r || s, big-endian. */
  readonly tcbInfoSignature: Uint8Array;
  /** PEM chain: TCB signing certificate, root. */
  readonly qeIdentityIssuerChain: string;
  /** UTF-8 JSON: the inner `enclaveIdentity` object. */
  readonly qeIdentity: Uint8Array;
  /** 64 bytes, r || s, big-endian. */
  readonly qeIdentitySignature: Uint8Array;
  /** PEM chain leaf, intermediate, root: needed only when the quote does not carry it (certification data types 1 to 3; type 4 carries the leaf). */
  readonly pckCertificateChain?: string;
  /**
   * DER: further revocation lists of the root or the PCK CA, of any date. What they revoke is revoked; they supply no dates. Lists of other
   * authorities are left aside.
   */
  readonly furtherRevocationLists?: readonly Uint8Array[];
}

/** The members of collateral. */
export const intelCollateralNames: OptionNames<IntelCollateral> = {
  pckCrlIssuerChain: true,
  rootCaCrl: true,
  pckCrl: true,
  tcbInfoIssuerChain: true,
  tcbInfo: true,
  tcbInfoSignature: true,
  qeIdentityIssuerChain: true,
  qeIdentity: true,
  qeIdentitySignature: true,
  pckCertificateChain: true,
  furtherRevocationLists: true,
};

/** Throws `ConfigurationError` for what cannot be collateral, such as a copy of verified collateral. */
export function checkIntelCollateral(collateral: IntelCollateral, option: string): void {
  checkObject(collateral, option);
  const { pckCertificateChain = '', furtherRevocationLists = [] } = collateral;
  for (const name of ['pckCrlIssuerChain', 'tcbInfoIssuerChain', 'qeIdentityIssuerChain'] as const) {
    checkText(collateral[name], `${option}.${name}`);
  }
  for (const name of [
    'rootCaCrl',
    'pckCrl',
    'tcbInfo',
    'tcbInfoSignature',
    'qeIdentity',
    'qeIdentitySignature',
  ] as const) {
    checkBytes(collateral[name], `${option}.${name}`);
  }
  checkText(pckCertificateChain, `${option}.pckCertificateChain`);
  checkList(furtherRevocationLists, `${option}.furtherRevocationLists`);
  for (const list of furtherRevocationLists) checkBytes(list, `${option}.furtherRevocationLists`);
}

/** The parts that can be past their `nextUpdate`, named as in Intel's collateral. */
export type IntelCollateralPart = 'root_ca_crl' | 'pck_crl' | 'tcb_info' | 'qe_identity';

/** TCB statuses of Intel's TCB info (`tcbStatus`), and the two that TD relaunch adds. */
export const tcbStatuses = [
  'UpToDate',
  'SWHardeningNeeded',
  'ConfigurationNeeded',
  'ConfigurationAndSWHardeningNeeded',
  'OutOfDate',
  'OutOfDateConfigurationNeeded',
  'TDRelaunchAdvised',
  'TDRelaunchAdvisedConfigurationNeeded',
  'Revoked',
] as const;
/** One TCB status. */
export type TcbStatus = (typeof tcbStatuses)[number];
