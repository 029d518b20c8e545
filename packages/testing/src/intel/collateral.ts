/** Makes the endorsements of a simulated platform, each part of which can be made wrong, and their JSON form. */

import { checkOptions, type OptionNames } from '@atesto/core';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import { type CrlOverrides, issueCrl } from '../x509/crl.ts';
import type { KeyPair } from '../x509/keys.ts';
import { daysFrom } from '../x509/validity.ts';
import { intelName, intelScheme, pckCaNames } from './pki.ts';
import type { PlatformState } from './platform-state.ts';
import { type QuotedTee, qeIdentityMembers } from './quoting-enclave.ts';
import { type JsonMembers, type SignedJson, signJson } from './signed-json.ts';
import { type SimulatedTcbLevel, type TdxModuleOptions, tcbInfoMembers } from './tcb-info.ts';

/** What to set otherwise than an up-to-date platform's endorsements. */
export interface CollateralOverrides {
  /** The time around which everything is fresh. Default: the platform's. */
  readonly at?: Date;
  /** Which quoting enclave and which TCB info. Default: sgx. */
  readonly tee?: QuotedTee;
  /** Default: 3. */
  readonly tcbInfoVersion?: 2 | 3;
  /** Of TCB info and QE identity. Default: 17. */
  readonly tcbEvaluationDataNumber?: number;
  /** Status of the level that the platform reaches. Default: UpToDate. */
  readonly tcbStatus?: string;
  /** Of the level that the platform reaches. Default: none. */
  readonly advisoryIds?: readonly string[];
  /** Status of the level that the platform's TDX module reaches. Default: UpToDate. */
  readonly tdxModuleStatus?: string;
  /** Of the level that the TDX module reaches. Default: none. */
  readonly tdxModuleAdvisoryIds?: readonly string[];
  /** All levels, highest first, instead of the two usual ones. */
  readonly tcbLevels?: readonly SimulatedTcbLevel[];
  /** Members that replace those of the TCB info (undefined removes one), or the exact bytes to sign. */
  readonly tcbInfo?: JsonMembers | Uint8Array;
  /** Members that replace those of the QE identity, or the exact bytes to sign. */
  readonly qeIdentity?: JsonMembers | Uint8Array;
  /** Signs the TCB info instead of the TCB signing key. */
  readonly signTcbInfoWith?: KeyPair;
  /** Signs the QE identity instead of the TCB signing key. */
  readonly signQeIdentityWith?: KeyPair;
  readonly rootCaCrl?: CrlOverrides;
  readonly pckCrl?: CrlOverrides;
}

const overrideNames: OptionNames<CollateralOverrides> = {
  at: true,
  tee: true,
  tcbInfoVersion: true,
  tcbEvaluationDataNumber: true,
  tcbStatus: true,
  advisoryIds: true,
  tdxModuleStatus: true,
  tdxModuleAdvisoryIds: true,
  tcbLevels: true,
  tcbInfo: true,
  qeIdentity: true,
  signTcbInfoWith: true,
  signQeIdentityWith: true,
  rootCaCrl: true,
  pckCrl: true,
};

const defaultEvaluationDataNumber = 17;

/** Byte 1 of the TEE TCB SVN is the module's version, which has identities instead of levels. */
function tdxComponents({ teeTcbSvn }: PlatformState): number[] {
  return teeTcbSvn.map((svn, index) => (index === 1 ? 0 : svn));
}

function moduleOf(state: PlatformState, overrides: CollateralOverrides): { module?: TdxModuleOptions } {
  if (overrides.tee !== 'tdx') return {};
  const [isvSvn = 0, version = 0] = state.teeTcbSvn;
  const { tdxModuleStatus: status = 'UpToDate', tdxModuleAdvisoryIds: advisoryIds } = overrides;
  return { module: { version, isvSvn, status, ...(advisoryIds === undefined ? {} : { advisoryIds }) } };
}

function usualLevels(state: PlatformState, overrides: CollateralOverrides): SimulatedTcbLevel[] {
  const { tcbComponentSvns, pceSvn } = state.pck;
  const zeros = tcbComponentSvns.map(() => 0);
  const tdx = overrides.tee === 'tdx';
  return [
    {
      sgxComponentSvns: tcbComponentSvns,
      ...(tdx ? { tdxComponentSvns: tdxComponents(state) } : {}),
      pceSvn,
      status: overrides.tcbStatus ?? 'UpToDate',
      ...(overrides.advisoryIds === undefined ? {} : { advisoryIds: overrides.advisoryIds }),
    },
    {
      sgxComponentSvns: zeros,
      ...(tdx ? { tdxComponentSvns: zeros } : {}),
      pceSvn: 0,
      status: 'OutOfDate',
      date: daysFrom(overrides.at ?? state.at, -900),
      advisoryIds: ['INTEL-SA-00837'],
    },
  ];
}

function signBody(members: JsonMembers, change: JsonMembers | Uint8Array | undefined, key: KeyPair): SignedJson {
  return signJson(change instanceof Uint8Array ? change : { ...members, ...change }, key);
}

function tcbInfo(state: PlatformState, overrides: CollateralOverrides, at: Date, number: number): SignedJson {
  const members = tcbInfoMembers({
    version: overrides.tcbInfoVersion ?? 3,
    id: overrides.tee === 'tdx' ? 'TDX' : 'SGX',
    at,
    fmspc: state.pck.fmspc,
    pceId: state.pck.pceId,
    tcbEvaluationDataNumber: number,
    levels: overrides.tcbLevels ?? usualLevels(state, overrides),
    ...moduleOf(state, overrides),
  });
  return signBody(members, overrides.tcbInfo, overrides.signTcbInfoWith ?? state.keys.tcbSigning);
}

function qeIdentity(state: PlatformState, overrides: CollateralOverrides, at: Date, number: number): SignedJson {
  const members = qeIdentityMembers(overrides.tee ?? 'sgx', at, number);
  return signBody(members, overrides.qeIdentity, overrides.signQeIdentityWith ?? state.keys.tcbSigning);
}

function issueCrls(state: PlatformState, overrides: CollateralOverrides, at: Date) {
  const usual = {
    thisUpdate: daysFrom(at, -1),
    nextUpdate: daysFrom(at, 29),
    revoked: [],
    crlNumber: 1,
    scheme: intelScheme,
  };
  return Promise.all([
    issueCrl({
      ...usual,
      issuer: intelName('Intel SGX Root CA'),
      signWith: state.keys.root,
      ...overrides.rootCaCrl,
    }),
    issueCrl({
      ...usual,
      issuer: pckCaNames[state.ca],
      signWith: state.keys.pckCa,
      ...overrides.pckCrl,
    }),
  ]);
}

/** Makes the endorsements. Throws `ConfigurationError`. */
export async function issueCollateral(state: PlatformState, overrides: CollateralOverrides): Promise<IntelCollateral> {
  checkOptions<CollateralOverrides>(overrides, overrideNames, 'overrides');
  const at = overrides.at ?? state.at;
  const number = overrides.tcbEvaluationDataNumber ?? defaultEvaluationDataNumber;
  const [rootCaCrl, pckCrl] = await issueCrls(state, overrides, at);
  const { root, pckCa, pck, tcbSigning } = state.certificates;
  const tcb = tcbInfo(state, overrides, at, number);
  const identity = qeIdentity(state, overrides, at, number);
  return {
    pckCrlIssuerChain: pckCa + root,
    rootCaCrl,
    pckCrl,
    tcbInfoIssuerChain: tcbSigning + root,
    tcbInfo: tcb.bytes,
    tcbInfoSignature: tcb.signature,
    qeIdentityIssuerChain: tcbSigning + root,
    qeIdentity: identity.bytes,
    qeIdentitySignature: identity.signature,
    pckCertificateChain: pck + pckCa + root,
  };
}

/** The JSON form of collateral: member names of Intel's `_sgx_ql_qve_collateral_t`, CRLs and signatures in hex, bodies as text. */
export interface CollateralJson {
  readonly pck_crl_issuer_chain: string;
  readonly root_ca_crl: string;
  readonly pck_crl: string;
  readonly tcb_info_issuer_chain: string;
  readonly tcb_info: string;
  readonly tcb_info_signature: string;
  readonly qe_identity_issuer_chain: string;
  readonly qe_identity: string;
  readonly qe_identity_signature: string;
  readonly pck_certificate_chain?: string;
}

/** Collateral in its JSON form. */
export function collateralToJson(collateral: IntelCollateral): CollateralJson {
  const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');
  const { pckCertificateChain } = collateral;
  return {
    pck_crl_issuer_chain: collateral.pckCrlIssuerChain,
    root_ca_crl: hex(collateral.rootCaCrl),
    pck_crl: hex(collateral.pckCrl),
    tcb_info_issuer_chain: collateral.tcbInfoIssuerChain,
    tcb_info: text(collateral.tcbInfo),
    tcb_info_signature: hex(collateral.tcbInfoSignature),
    qe_identity_issuer_chain: collateral.qeIdentityIssuerChain,
    qe_identity: text(collateral.qeIdentity),
    qe_identity_signature: hex(collateral.qeIdentitySignature),
    ...(pckCertificateChain === undefined ? {} : { pck_certificate_chain: pckCertificateChain }),
  };
}
