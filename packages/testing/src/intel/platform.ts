/** A simulated platform: a throwaway Intel, one machine certified by it, its quoting enclave, its endorsements. */
import { randomBytes } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import type { IntelCollateral } from '@atesto/evidence/advanced';
import {
  type OpenEnclaveEvidenceHeader,
  type OpenEnclaveReportHeader,
  writeOpenEnclaveEvidence,
  writeOpenEnclaveReport,
} from '../openenclave/containers.ts';
import { type OpenEnclaveClaim, writeCustomClaims } from '../openenclave/custom-claims.ts';
import { type SgxQuoteOptions, sgxQuote } from '../sgx/quote.ts';
import { reportDataOf } from '../sgx/report-body.ts';
import { type TdxQuoteOptions, tdxQuote } from '../tdx/quote.ts';
import { generateEcKeys } from '../x509/keys.ts';
import { type CollateralOverrides, issueCollateral } from './collateral.ts';
import { evaluationDataNumbersMembers, type TcbEvaluationDataNumbers } from './evaluation-data-numbers.ts';
import type { PckFields } from './pck-extension.ts';
import {
  generateIntelKeys,
  type IntelCertificateOverrides,
  type IntelCertificates,
  type IntelKeys,
  issueIntelCertificates,
  type PckCa,
  rootFingerprint,
} from './pki.ts';
import type { PlatformState } from './platform-state.ts';
import type { QuotedTee } from './quoting-enclave.ts';
import { signJson } from './signed-json.ts';

/** What kind of platform to make. */
export interface PlatformOptions {
  /** Certificates and collateral are valid around this time. */
  readonly at: Date;
  /** Default: platform. */
  readonly ca?: PckCa;
  /** 6 bytes in hex. Default: 00a5a5000000. */
  readonly fmspc?: string;
  /** 2 bytes in hex. Default: 0000. */
  readonly pceId?: string;
  /** What else the PCK certificate's SGX extension says. */
  readonly pck?: Partial<PckFields>;
  /** 16 TEE TCB security versions: module SVN, module version, microcode, … Default: 5, 1, 6, zeros. */
  readonly teeTcbSvn?: readonly number[];
  readonly keys?: Partial<IntelKeys>;
  /** What to set otherwise in the certificates. */
  readonly certificates?: IntelCertificateOverrides;
}

/** OpenEnclave evidence and what may differ from faultless one. */
export interface OpenEnclaveEvidenceOptions extends SgxQuoteOptions {
  /** Claims that the report data commits to, or the claims buffer itself. Default: no claims. */
  readonly customClaims?: readonly OpenEnclaveClaim[] | Uint8Array;
  readonly container?: OpenEnclaveEvidenceHeader;
}

/** An OpenEnclave report and what may differ from a faultless one. */
export interface OpenEnclaveReportOptions extends SgxQuoteOptions {
  readonly container?: OpenEnclaveReportHeader;
}

const platformOptionNames: OptionNames<PlatformOptions> = {
  at: true,
  ca: true,
  fmspc: true,
  pceId: true,
  pck: true,
  teeTcbSvn: true,
  keys: true,
  certificates: true,
};
const pckFieldNames: OptionNames<PckFields> = {
  ppid: true,
  tcbComponentSvns: true,
  pceSvn: true,
  cpuSvn: true,
  pceId: true,
  fmspc: true,
  sgxType: true,
  platformInstanceId: true,
  configuration: true,
};

const defaultSvns = [2, 2, 2, 2, 3, 1, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0];
const defaultTeeTcbSvn = [5, 1, 6, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];

function pckFieldsOf(options: PlatformOptions, ca: PckCa): PckFields {
  checkOptions<Partial<PckFields>>(options.pck ?? {}, pckFieldNames, 'options.pck');
  const ofPlatformCa = {
    platformInstanceId: randomBytes(16),
    configuration: { dynamicPlatform: true, cachedKeys: false, smtEnabled: true },
  };
  return {
    ppid: randomBytes(16),
    tcbComponentSvns: defaultSvns,
    pceSvn: 13,
    pceId: options.pceId ?? '0000',
    fmspc: options.fmspc ?? '00a5a5000000',
    sgxType: ca === 'platform' ? 1 : 0,
    ...(ca === 'platform' ? ofPlatformCa : {}),
    ...options.pck,
  };
}

/** A machine under a throwaway Intel. Everything it makes is valid unless the options say otherwise. */
export class SimulatedPlatform {
  readonly state: PlatformState;
  /** SHA-256 of the root's SubjectPublicKeyInfo, lower-case hex: for a development trust anchor. */
  readonly rootFingerprint: string;

  constructor(state: PlatformState) {
    this.state = state;
    this.rootFingerprint = rootFingerprint(state.keys);
  }

  /** The time around which certificates and collateral are valid. */
  get at(): Date {
    return this.state.at;
  }

  /** PEM. */
  get certificates(): IntelCertificates {
    return this.state.certificates;
  }

  /** The private keys of the simulated Intel. */
  get keys(): IntelKeys {
    return this.state.keys;
  }

  /** An SGX quote. */
  quote(options: SgxQuoteOptions = {}): Uint8Array {
    return sgxQuote(this.state, options);
  }

  /** A TDX quote. */
  tdxQuote(options: TdxQuoteOptions = {}): Uint8Array {
    return tdxQuote(this.state, options);
  }

  /** A quote behind the report header of the Open Enclave SDK. */
  openEnclaveReport(options: OpenEnclaveReportOptions = {}): Uint8Array {
    const { container, ...quote } = options;
    return writeOpenEnclaveReport(this.quote(quote), container);
  }

  /** Evidence of the Open Enclave SDK: header, quote, custom claims that the report data commits to. */
  openEnclaveEvidence(options: OpenEnclaveEvidenceOptions = {}): Uint8Array {
    const { customClaims: given = [], container, ...quoted } = options;
    const claims = given instanceof Uint8Array ? given : writeCustomClaims(given);
    const quote = this.quote({ ...quoted, body: { reportData: reportDataOf(claims), ...quoted.body } });
    return writeOpenEnclaveEvidence(quote, claims, container);
  }

  /** Endorsements: by default those of an up-to-date platform. */
  collateral(overrides: CollateralOverrides = {}): Promise<IntelCollateral> {
    return issueCollateral(this.state, overrides);
  }

  /** Which baselines there are, highest first, signed: for TCB info of SGX or TDX. Default: 17 alone. */
  tcbEvaluationDataNumbers(tee: QuotedTee = 'sgx', numbers: readonly number[] = [17]): TcbEvaluationDataNumbers {
    const { at, keys, certificates } = this.state;
    const { bytes, signature } = signJson(evaluationDataNumbersMembers(tee, at, numbers), keys.tcbSigning);
    return { body: bytes, signature, issuerChain: certificates.tcbSigning + certificates.root };
  }

  /** The same platform and keys with certificates set otherwise. */
  async reissue(certificates: IntelCertificateOverrides): Promise<SimulatedPlatform> {
    const { at, ca, pck, keys } = this.state;
    const issued = await issueIntelCertificates({ at, ca, pck, keys, overrides: certificates });
    return new SimulatedPlatform({ ...this.state, certificates: issued });
  }
}

/**
 * Makes a platform with new keys. Throws `ConfigurationError`.
 *
 * @example
 * const platform = await createSimulatedPlatform({ at: new Date() });
 * const quote = platform.quote({ body: { isvSvn: 3 } });
 * const collateral = await platform.collateral();
 */
export async function createSimulatedPlatform(options: PlatformOptions): Promise<SimulatedPlatform> {
  checkOptions<PlatformOptions>(options, platformOptionNames, 'options');
  const ca = options.ca ?? 'platform';
  const pck = pckFieldsOf(options, ca);
  const keys = { ...generateIntelKeys(), ...options.keys };
  const certificates = await issueIntelCertificates({
    at: options.at,
    ca,
    pck,
    keys,
    overrides: options.certificates ?? {},
  });
  return new SimulatedPlatform({
    at: options.at,
    ca,
    pck,
    teeTcbSvn: options.teeTcbSvn ?? defaultTeeTcbSvn,
    keys,
    certificates,
    attestationKey: generateEcKeys(),
  });
}
