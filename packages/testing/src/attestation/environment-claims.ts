/** The claims of simulated environments, as a service writes them for genuine ones. */
import { createHash } from 'node:crypto';
import type { Claims } from '@atesto/core';
import { bytesOf } from '../bytes/layout.ts';
import { defaultGuest } from '../sevsnp/report.ts';
import { defaultEnclave } from '../sgx/report-body.ts';
import { defaultTrustDomain } from '../tdx/report-body.ts';
import type { TestEnclave, TestGuest, TestTokenContents, TestTrustDomain } from './contents.ts';

const hexOf = (bytes: Uint8Array | string = ''): string => bytesOf(bytes).toString('hex');
const zeros = (sizeBytes: number): string => '00'.repeat(sizeBytes);
const digest = (name: string): string => createHash('sha256').update(`Atesto testing: ${name}`).digest('hex');

/** The claims of the environment, with its attestation type. @param reportData 64 bytes in hex */
export function environmentClaims({ sgx, tdx, sevsnp = {} }: TestTokenContents, reportData: string): Claims {
  if (sgx !== undefined) return enclaveClaims(sgx, reportData);
  return tdx !== undefined ? trustDomainClaims(tdx, reportData) : guestClaims(sevsnp, reportData);
}

function enclaveClaims(enclave: TestEnclave, reportData: string): Claims {
  const collateral = [
    ...['qeidcertshash', 'qeidcrlhash', 'qeidhash', 'quotehash'],
    ...['tcbinfocertshash', 'tcbinfocrlhash', 'tcbinfohash'],
  ];
  return {
    'x-ms-attestation-type': 'sgx',
    'x-ms-sgx-is-debuggable': enclave.debug ?? false,
    'x-ms-sgx-product-id': enclave.productId ?? defaultEnclave.isvProdId ?? 0,
    'x-ms-sgx-svn': enclave.svn ?? defaultEnclave.isvSvn ?? 0,
    'x-ms-sgx-mrsigner': hexOf(enclave.mrSigner ?? defaultEnclave.mrSigner),
    'x-ms-sgx-mrenclave': hexOf(enclave.mrEnclave ?? defaultEnclave.mrEnclave),
    'x-ms-sgx-report-data': reportData,
    'x-ms-sgx-collateral': Object.fromEntries(collateral.map((name) => [name, digest(name)])),
  };
}

function trustDomainClaims({ debug = false, mrTd }: TestTrustDomain, reportData: string): Claims {
  const attributes = bytesOf(defaultTrustDomain.tdAttributes ?? '');
  attributes[0] = debug ? 1 : 0;
  return {
    'x-ms-attestation-type': 'tdxvm',
    eat_profile: 'https://aka.ms/maa-eat-profile-tdxvm',
    dbgstat: debug ? 'enabled' : 'disabled',
    intuse: 'generic',
    attester_tcb_status: 'UpToDate',
    tdx_mrtd: hexOf(mrTd ?? defaultTrustDomain.mrTd),
    tdx_rtmr0: hexOf(defaultTrustDomain.rtmr0),
    tdx_rtmr1: hexOf(defaultTrustDomain.rtmr1),
    tdx_rtmr2: hexOf(defaultTrustDomain.rtmr2),
    tdx_rtmr3: zeros(48),
    tdx_mrseam: hexOf(defaultTrustDomain.mrSeam),
    tdx_mrsignerseam: zeros(48),
    tdx_mrconfigid: zeros(48),
    tdx_mrowner: zeros(48),
    tdx_mrownerconfig: zeros(48),
    tdx_report_data: reportData,
    tdx_seam_attributes: zeros(8),
    tdx_seamsvn: 261,
    tdx_td_attributes: hexOf(attributes),
    tdx_td_attributes_debug: debug,
    tdx_td_attributes_key_locker: false,
    tdx_td_attributes_perfmon: false,
    tdx_td_attributes_protection_keys: false,
    tdx_td_attributes_septve_disable: true,
    tdx_tee_tcb_svn: '050106'.padEnd(32, '0'),
    tdx_xfam: hexOf(defaultTrustDomain.xfam),
  };
}

function guestClaims({ debug = false, guestSvn = 0, launchMeasurement }: TestGuest, reportData: string): Claims {
  return {
    'x-ms-attestation-type': 'sevsnpvm',
    'x-ms-sevsnpvm-authorkeydigest': zeros(48),
    'x-ms-sevsnpvm-bootloader-svn': 4,
    'x-ms-sevsnpvm-familyId': zeros(16),
    'x-ms-sevsnpvm-guestsvn': guestSvn,
    'x-ms-sevsnpvm-hostdata': zeros(32),
    'x-ms-sevsnpvm-idkeydigest': zeros(48),
    'x-ms-sevsnpvm-imageId': zeros(16),
    'x-ms-sevsnpvm-is-debuggable': debug,
    'x-ms-sevsnpvm-launchmeasurement': hexOf(launchMeasurement ?? defaultGuest.measurement),
    'x-ms-sevsnpvm-microcode-svn': 219,
    'x-ms-sevsnpvm-migration-allowed': false,
    'x-ms-sevsnpvm-reportdata': reportData,
    'x-ms-sevsnpvm-reportid': hexOf(defaultGuest.reportId),
    'x-ms-sevsnpvm-smt-allowed': true,
    'x-ms-sevsnpvm-snpfw-svn': 24,
    'x-ms-sevsnpvm-tee-svn': 0,
    'x-ms-sevsnpvm-vmpl': 0,
  };
}
