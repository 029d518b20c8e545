/** TDX quotes of a simulated platform, versions 4 and 5. */
import { checkOptions, type OptionNames } from '@atesto/core';
import { type CertificationOptions, writeCertificationData } from '../intel/certification-data.ts';
import type { PlatformState } from '../intel/platform-state.ts';
import {
  intelQeVendorId,
  platformUserData,
  type QuoteSigningOptions,
  signingOptionNames,
  writeQuote,
} from '../intel/quote.ts';
import { quotingEnclave } from '../intel/quoting-enclave.ts';
import { defaultTrustDomain, type TdReportBodyFields, type TdReportLayout, writeTdReportBody } from './report-body.ts';

/** A TDX quote and what may differ from a faultless one. */
export interface TdxQuoteOptions extends QuoteSigningOptions {
  /** Default: 4. */
  readonly version?: 4 | 5;
  /** Default: 1.0 in version 4, 1.5 in version 5. Version 4 knows no other than 1.0. */
  readonly layout?: TdReportLayout;
  /** Fields of the report. Default: a trust domain that cannot be debugged, on the platform's module, with zero report data. */
  readonly body?: Partial<TdReportBodyFields>;
  readonly certification?: CertificationOptions;
}

const teeType = 0x81;
const bodyTypes = { '1.0': 2, '1.5': 3 } as const;

const optionNames: OptionNames<TdxQuoteOptions> = {
  ...signingOptionNames,
  version: true,
  layout: true,
  body: true,
  certification: true,
};

/** Makes a quote. */
export function tdxQuote(state: PlatformState, options: TdxQuoteOptions): Uint8Array {
  checkOptions<TdxQuoteOptions>(options, optionNames, 'options');
  const { pck, certificates, keys, attestationKey } = state;
  const version = options.version ?? 4;
  const layout = options.layout ?? (version === 4 ? '1.0' : '1.5');
  const teeTcbSvn = Buffer.from(state.teeTcbSvn);
  const body = { ...defaultTrustDomain, teeTcbSvn, teeTcbSvn2: teeTcbSvn, ...options.body };
  const parts = {
    header: {
      version,
      attestationKeyType: 2,
      teeType,
      qeSvn: 0,
      pceSvn: 0,
      qeVendorId: intelQeVendorId,
      userData: platformUserData,
    },
    bodyType: bodyTypes[layout],
    body: writeTdReportBody(body, layout),
    qeReport: quotingEnclave('tdx'),
    pckKey: keys.pck,
    certification: writeCertificationData(options.certification ?? {}, certificates, pck),
  };
  return writeQuote(parts, { attestationKey, ...options });
}
