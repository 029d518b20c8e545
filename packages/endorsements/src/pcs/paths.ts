/** Builds the address of each part at a certification service. Source: Intel SGX and TDX Provisioning Certification Service API, version 4; PCCS of Intel's DCAP. */
import { checkBaseUrl } from '../http/address.ts';
import type { PckCertificateAddress } from '../intel/request.ts';

/** Intel's own service, or the caching service of a data centre. */
export type PcsDialect = 'pcs' | 'pccs';

/** Which service, and which baseline of it. */
export interface PcsAddress {
  /** `https://api.trustedservices.intel.com`, or a PCCS; `/sgx/certification/v4` at its end is understood. */
  readonly baseUrl: string;
  readonly dialect: PcsDialect;
  readonly tcbUpdateType?: 'standard' | 'early';
  readonly tcbEvaluationDataNumber?: number;
  /** Where the root's revocation list is. Default: beside the rest, but Intel's distribution point for Intel's own service. */
  readonly rootCrlUrl?: string;
}

const intelHost = 'api.trustedservices.intel.com';
const intelRootCrl = 'https://certificates.trustedservices.intel.com/IntelSGXRootCA.der';

/** The addresses of the parts. */
export class PcsPaths {
  /** For names and refusals. */
  readonly name: string;
  readonly rootCrl: string;
  readonly #base: string;
  readonly #dialect: PcsDialect;
  readonly #baseline: string;

  /** Throws a TypeError for an address or baseline that is none. */
  constructor({ baseUrl, dialect, tcbUpdateType, tcbEvaluationDataNumber, rootCrlUrl }: PcsAddress) {
    if (tcbUpdateType !== undefined && tcbEvaluationDataNumber !== undefined) {
      throw new TypeError('a TCB update type and a TCB evaluation data number exclude each other');
    }
    const url = checkBaseUrl(baseUrl);
    this.#base = url.href.replace(/(\/(sgx|tdx)\/certification\/v4)?\/*$/, '');
    this.#dialect = dialect;
    this.#baseline =
      tcbEvaluationDataNumber !== undefined
        ? `tcbEvaluationDataNumber=${tcbEvaluationDataNumber}`
        : tcbUpdateType !== undefined
          ? `update=${tcbUpdateType}`
          : '';
    this.name = this.#baseline === '' ? this.#base : `${this.#base} ${this.#baseline}`;
    const beside = `${this.#base}/sgx/certification/v4/rootcacrl`;
    this.rootCrl =
      rootCrlUrl === undefined ? (url.hostname === intelHost ? intelRootCrl : beside) : checkBaseUrl(rootCrlUrl).href;
  }

  #path(tee: 'sgx' | 'tdx', item: string, ...parameters: readonly string[]): string {
    const query = parameters.filter((parameter) => parameter !== '').join('&');
    return `${this.#base}/${tee}/certification/v4/${item}${query === '' ? '' : `?${query}`}`;
  }

  tcbInfo(tee: 'sgx' | 'tdx', fmspc: string): string {
    return this.#path(tee, 'tcb', `fmspc=${fmspc}`, this.#baseline);
  }

  qeIdentity(tee: 'sgx' | 'tdx'): string {
    return this.#path(tee, 'qe/identity', this.#baseline);
  }

  pckCrl(ca: 'processor' | 'platform'): string {
    return this.#path('sgx', 'pckcrl', `ca=${ca}`, 'encoding=der');
  }

  /** Undefined: the service cannot find a platform by this. */
  pckCertificate(address: PckCertificateAddress): string | undefined {
    const { qeId, encryptedPpid, cpuSvn, pceSvn, pceId } = address;
    if (this.#dialect === 'pcs' && encryptedPpid === undefined) return undefined;
    return this.#path(
      'sgx',
      'pckcert',
      this.#dialect === 'pccs' ? `qeid=${qeId}` : '',
      encryptedPpid === undefined ? '' : `encrypted_ppid=${encryptedPpid}`,
      `cpusvn=${cpuSvn}`,
      `pcesvn=${pceSvn}`,
      `pceid=${pceId}`,
    );
  }
}
