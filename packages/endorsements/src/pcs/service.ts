/** Fetches the parts of Intel's collateral from one service: one request in flight for each part. */
import { type IntelCollateral, type IntelEndorsementsNeeded, neededByPckCertificate } from '@atesto/evidence/advanced';
import type { HttpClient, HttpResponse } from '@atesto/http-client';
import { withoutQuery } from '../http/address.ts';
import { getDocument, type RetryLimits } from '../http/get.ts';
import type { IntelEndorsementRequest, PckCertificateRequest } from '../intel/request.ts';
import { isRefusal, refuseEndorsements } from '../refusal.ts';
import { SingleFlight } from '../single-flight.ts';
import { issuerChain, pckCertificateChain, revocationList, signedBody } from './answers.ts';
import type { PcsPaths } from './paths.ts';

const tcbInfoChain = ['TCB-Info-Issuer-Chain', 'SGX-TCB-Info-Issuer-Chain'];
const qeIdentityChain = ['SGX-Enclave-Identity-Issuer-Chain'];
const pckCrlChain = ['SGX-PCK-CRL-Issuer-Chain'];

/** One service. Everything it gives is as received: not verified. */
export class PcsService {
  readonly #paths: PcsPaths;
  readonly #client: HttpClient;
  readonly #retry: RetryLimits;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #flight = new SingleFlight<HttpResponse>();

  constructor(paths: PcsPaths, client: HttpClient, retry: RetryLimits, apiKey: string | undefined) {
    this.#paths = paths;
    this.#client = client;
    this.#retry = retry;
    this.#headers = apiKey === undefined ? {} : { 'ocp-apim-subscription-key': apiKey };
  }

  /** The collateral for a request; the first part that fails ends the others. */
  async collateral(request: IntelEndorsementRequest, signal: AbortSignal | undefined): Promise<IntelCollateral> {
    if (!('pckCertificate' in request)) return this.#parts(request, signal);
    const chain = await this.#pckCertificate(request, signal);
    const needed = neededByPckCertificate(request.tee, chain);
    if (!needed.ok) {
      const { why, code } = needed.refusal;
      const text = `PCK certificate: ${why} (${code})`;
      return refuseEndorsements('endorsements-malformed', this.#paths.name, text, needed.refusal);
    }
    return { ...(await this.#parts(needed.value, signal)), pckCertificateChain: chain };
  }

  async #parts(needed: IntelEndorsementsNeeded, signal: AbortSignal | undefined): Promise<IntelCollateral> {
    const { tee, fmspc, ca } = needed;
    const failed = new AbortController();
    const either = signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal]);
    const get = (url: string, headers = this.#headers): Promise<HttpResponse> => this.#get(url, headers, either);
    const { rootCrl } = this.#paths;
    const urls = {
      tcbInfo: this.#paths.tcbInfo(tee, fmspc),
      qeIdentity: this.#paths.qeIdentity(tee),
      pckCrl: this.#paths.pckCrl(ca),
    };
    const sameOrigin = new URL(rootCrl).origin === new URL(urls.pckCrl).origin;
    const identity = get(urls.qeIdentity).then((answer) =>
      signedBody(answer, 'enclaveIdentity', qeIdentityChain, 'service', withoutQuery(urls.qeIdentity)),
    );
    try {
      const [tcbInfo, qeIdentity, pckCrl, rootCaCrl] = await Promise.all([
        get(urls.tcbInfo).then((answer) =>
          signedBody(answer, 'tcbInfo', tcbInfoChain, 'platform', withoutQuery(urls.tcbInfo)),
        ),
        identity,
        get(urls.pckCrl).then((answer) => ({
          der: revocationList(answer, withoutQuery(urls.pckCrl)),
          chain: issuerChain(answer, pckCrlChain, withoutQuery(urls.pckCrl)),
        })),
        get(rootCrl, sameOrigin ? this.#headers : {}).then((answer) => revocationList(answer, withoutQuery(rootCrl))),
      ]);
      return {
        pckCrlIssuerChain: pckCrl.chain,
        rootCaCrl,
        pckCrl: pckCrl.der,
        tcbInfoIssuerChain: tcbInfo.issuerChain,
        tcbInfo: tcbInfo.body,
        tcbInfoSignature: tcbInfo.signature,
        qeIdentityIssuerChain: qeIdentity.issuerChain,
        qeIdentity: qeIdentity.body,
        qeIdentitySignature: qeIdentity.signature,
      };
    } catch (error) {
      // A service without the identity of the quoting enclave is none, or lacks the baseline: that says nothing of the platform.
      if (isRefusal(error, 'endorsements-not-found')) await identity;
      throw error;
    } finally {
      failed.abort();
    }
  }

  async #pckCertificate(request: PckCertificateRequest, signal: AbortSignal | undefined): Promise<string> {
    const url = this.#paths.pckCertificate(request.pckCertificate);
    if (url === undefined) {
      const why = 'Intel’s service finds platforms by a PPID of RSA-3072 (certification data type 3) only';
      return refuseEndorsements('pck-certificate-not-addressable', 'certification data', why);
    }
    return pckCertificateChain(await this.#get(url, this.#headers, signal), withoutQuery(url));
  }

  #get(url: string, headers: Readonly<Record<string, string>>, signal: AbortSignal | undefined): Promise<HttpResponse> {
    return this.#flight.run(url, signal, (controller) =>
      getDocument(this.#client, url, headers, this.#retry, controller),
    );
  }
}
