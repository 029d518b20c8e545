/** A simulated SEV-SNP platform: a throwaway AMD, one machine with its VCEK and VLEK, its endorsements. */
import { randomBytes } from 'node:crypto';
import { checkOptions, type OptionNames } from '@atesto/core';
import type { SnpEndorsements } from '@atesto/evidence/advanced';
import type { EndorsementKeyFields, EndorsementKeyKind } from '../amd/endorsement-key.ts';
import {
  type AmdCertificateOverrides,
  type AmdCertificates,
  type AmdKeys,
  amdName,
  amdScheme,
  arkFingerprint,
  generateAmdKeys,
  issueAmdCertificates,
} from '../amd/pki.ts';
import { type Bytes, exactly } from '../bytes/layout.ts';
import { type CrlOverrides, issueCrl } from '../x509/crl.ts';
import { daysFrom } from '../x509/validity.ts';
import {
  defaultGuest,
  type SnpReportFields,
  type SnpSigningOptions,
  snpSigningOptionNames,
  writeSnpReport,
} from './report.ts';
import type { SnpProduct, SnpTcbLevels } from './tcb.ts';

/** What kind of platform to make. */
export interface SnpPlatformOptions {
  /** Certificates and revocation lists are valid around this time. */
  readonly at: Date;
  /** Default: Milan. */
  readonly product?: SnpProduct;
  /** What the endorsement keys are certified for. Default: levels that suit the product. */
  readonly tcb?: SnpTcbLevels;
  /** 64 bytes, 8 on Turin. Default: random. */
  readonly chipId?: Bytes;
  /** Default: CN=provider.example. */
  readonly cspId?: string;
  /** Default: new keys of AMD's sizes, which takes seconds; `generateAmdKeys` makes some to share. */
  readonly keys?: AmdKeys;
  /** What the certificates say otherwise than the platform is. */
  readonly vcek?: Partial<EndorsementKeyFields>;
  readonly vlek?: Partial<EndorsementKeyFields>;
  /** What to set otherwise in the certificates. */
  readonly certificates?: AmdCertificateOverrides;
}

/** All that a platform is made of. */
export interface SnpPlatformState {
  readonly at: Date;
  readonly product: SnpProduct;
  readonly tcb: SnpTcbLevels;
  /** Hex; 64 bytes, 8 on Turin. */
  readonly chipId: string;
  readonly vcek: EndorsementKeyFields;
  readonly vlek: EndorsementKeyFields;
  readonly keys: AmdKeys;
  readonly certificates: AmdCertificates;
}

/** A report and what may differ from a faultless one. */
export interface SnpReportOptions extends SnpSigningOptions {
  /** Default: VCEK. */
  readonly signingKey?: EndorsementKeyKind;
  readonly fields?: Partial<SnpReportFields>;
}

const platformOptionNames: OptionNames<SnpPlatformOptions> = {
  at: true,
  product: true,
  tcb: true,
  chipId: true,
  cspId: true,
  keys: true,
  vcek: true,
  vlek: true,
  certificates: true,
};
const reportOptionNames: OptionNames<SnpReportOptions> = { ...snpSigningOptionNames, signingKey: true, fields: true };

/** What to set otherwise in endorsements. */
export interface SnpEndorsementOverrides {
  /** The time around which the revocation list is fresh. Default: the platform's. */
  readonly at?: Date;
  readonly crl?: CrlOverrides;
}

const products = {
  Milan: { version: 3, cpuId: { family: 0x19, model: 0x01, stepping: 1 } },
  Genoa: { version: 3, cpuId: { family: 0x19, model: 0x11, stepping: 1 } },
  Turin: { version: 5, cpuId: { family: 0x1a, model: 0x02, stepping: 1 } },
} as const;
const defaultTcb: Readonly<Record<SnpProduct, SnpTcbLevels>> = {
  Milan: { bootLoader: 4, tee: 0, snp: 24, microcode: 219 },
  Genoa: { bootLoader: 10, tee: 0, snp: 23, microcode: 84 },
  Turin: { fmc: 1, bootLoader: 1, tee: 1, snp: 4, microcode: 81 },
};
const signingKeyNumbers = { VCEK: 0, VLEK: 1 } as const;
const chipIdBytes = 64;

/** A machine under a throwaway AMD. Everything it makes is valid unless the options say otherwise. */
export class SimulatedSnpPlatform {
  readonly state: SnpPlatformState;
  /** SHA-256 of the ARK's SubjectPublicKeyInfo, lower-case hex: for a development trust anchor. */
  readonly rootFingerprint: string;

  constructor(state: SnpPlatformState) {
    this.state = state;
    this.rootFingerprint = arkFingerprint(state.keys);
  }

  /** PEM. */
  get certificates(): AmdCertificates {
    return this.state.certificates;
  }

  /** The private keys of the simulated AMD. */
  get keys(): AmdKeys {
    return this.state.keys;
  }

  /** An attestation report: 1184 bytes. Version by default 3 for Milan and Genoa, 5 for Turin. */
  report(options: SnpReportOptions = {}): Uint8Array {
    checkOptions<SnpReportOptions>(options, reportOptionNames, 'options');
    const { product, tcb, chipId, keys } = this.state;
    const kind = options.signingKey ?? 'VCEK';
    const fields: SnpReportFields = {
      ...defaultGuest,
      ...products[product],
      currentTcb: tcb,
      reportedTcb: tcb,
      committedTcb: tcb,
      launchTcb: tcb,
      chipId: kind === 'VCEK' ? chipId.padEnd(2 * chipIdBytes, '0') : Buffer.alloc(chipIdBytes),
      signingKeyNumber: signingKeyNumbers[kind],
      ...options.fields,
    };
    return writeSnpReport(fields, product, kind === 'VCEK' ? keys.vcek : keys.vlek, options);
  }

  /** Certificates and revocation list for reports of a signing key. */
  async endorsements(
    signingKey: EndorsementKeyKind = 'VCEK',
    overrides: SnpEndorsementOverrides = {},
  ): Promise<SnpEndorsements> {
    const { ark, ask, asvk, vcek, vlek } = this.state.certificates;
    const isChip = signingKey === 'VCEK';
    return {
      certificate: isChip ? vcek : vlek,
      authorityChain: (isChip ? ask : asvk) + ark,
      revocationList: await this.revocationList(overrides),
    };
  }

  /** The ARK's revocation list: DER. */
  revocationList(overrides: SnpEndorsementOverrides = {}): Promise<Uint8Array> {
    const at = overrides.at ?? this.state.at;
    return issueCrl({
      issuer: amdName(`ARK-${this.state.product}`),
      thisUpdate: daysFrom(at, -1),
      nextUpdate: daysFrom(at, 364),
      revoked: [],
      crlNumber: 1,
      signWith: this.state.keys.ark,
      scheme: amdScheme,
      ...overrides.crl,
    });
  }

  /** The same platform and keys with certificates set otherwise. */
  async reissue(certificates: AmdCertificateOverrides): Promise<SimulatedSnpPlatform> {
    const issued = await issueAmdCertificates({ ...this.state, overrides: certificates });
    return new SimulatedSnpPlatform({ ...this.state, certificates: issued });
  }
}

/** Makes a platform. Throws `ConfigurationError`. */
export async function createSimulatedSnpPlatform(options: SnpPlatformOptions): Promise<SimulatedSnpPlatform> {
  checkOptions<SnpPlatformOptions>(options, platformOptionNames, 'options');
  const product = options.product ?? 'Milan';
  const tcb = options.tcb ?? defaultTcb[product];
  const size = product === 'Turin' ? 8 : chipIdBytes;
  const chipId = exactly(options.chipId ?? randomBytes(size), size, 'chip id').toString('hex');
  const description = {
    at: options.at,
    product,
    tcb,
    chipId,
    vcek: { productName: product, tcb, hardwareId: chipId, ...options.vcek },
    vlek: { productName: product, tcb, cspId: options.cspId ?? 'CN=provider.example', ...options.vlek },
    keys: options.keys ?? (await generateAmdKeys()),
  };
  const certificates = await issueAmdCertificates({ ...description, overrides: options.certificates ?? {} });
  return new SimulatedSnpPlatform({ ...description, certificates });
}
