/** SGX quotes of a simulated platform, versions 3, 4 and 5. */
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
import { defaultEnclave, type SgxReportBodyFields, writeSgxReportBody } from './report-body.ts';

/** An SGX quote and what may differ from a faultless one. */
export interface SgxQuoteOptions extends QuoteSigningOptions {
  /** Default: 3. */
  readonly version?: 3 | 4 | 5;
  /** Fields of the enclave's report. Default: an enclave that cannot be debugged, with zero report data. */
  readonly body?: Partial<SgxReportBodyFields>;
  readonly certification?: CertificationOptions;
}

const bodyType = 1;

const optionNames: OptionNames<SgxQuoteOptions> = {
  ...signingOptionNames,
  version: true,
  body: true,
  certification: true,
};

/** Makes a quote. */
export function sgxQuote(state: PlatformState, options: SgxQuoteOptions): Uint8Array {
  checkOptions<SgxQuoteOptions>(options, optionNames, 'options');
  const { pck, certificates, keys, attestationKey } = state;
  const version = options.version ?? 3;
  const qe = quotingEnclave('sgx');
  const svns = version === 3 ? { qeSvn: qe.isvSvn ?? 0, pceSvn: pck.pceSvn } : { qeSvn: 0, pceSvn: 0 };
  const parts = {
    header: {
      version,
      attestationKeyType: 2,
      teeType: 0,
      ...svns,
      qeVendorId: intelQeVendorId,
      userData: platformUserData,
    },
    bodyType,
    body: writeSgxReportBody({ ...defaultEnclave, ...options.body }),
    qeReport: qe,
    pckKey: keys.pck,
    certification: writeCertificationData(options.certification ?? {}, certificates, pck),
  };
  return writeQuote(parts, { attestationKey, ...options });
}
