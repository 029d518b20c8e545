/**
 * What Intel's certification service and a caching service answer.
 * Sources: Intel SGX and TDX Provisioning Certification Service API, version 4 (and 3); PCCS of
 * intel/SGXDataCenterAttestationPrimitives.
 */
import type { IntelCollateral } from '@atesto/evidence/advanced';
import type { TcbEvaluationDataNumbers } from '../intel/evaluation-data-numbers.ts';
import type { QuotedTee } from '../intel/quoting-enclave.ts';
import { type Answer, emptyAnswer, flipLastBit, hasFault, type ServiceFault } from '../serving/faults.ts';
import { toPem } from '../x509/certificate.ts';

/** What the service can be asked for. */
export type PcsItem =
  | 'tcb-info'
  | 'qe-identity'
  | 'pck-crl'
  | 'root-ca-crl'
  | 'pck-certificate'
  | 'tcb-evaluation-data-numbers';
/** A way in which an answer of the simulated PCS or PCCS goes wrong. */
export type PcsFault = ServiceFault<PcsItem>;

/** Intel's own service, or the caching service that a data centre runs. */
export type PcsDialect = 'pcs' | 'pccs';

/** One request, understood. */
export interface PcsRequest {
  readonly item: PcsItem;
  readonly tee: QuotedTee;
  readonly apiVersion: 3 | 4;
  /** Lower case; TCB info only. */
  readonly fmspc: string | undefined;
  /** `standard` or `early`. */
  readonly update: string | undefined;
  readonly tcbEvaluationDataNumber: number | undefined;
  /** `processor` or `platform`; PCK revocation list only. */
  readonly ca: string | undefined;
  readonly encoding: string | undefined;
}

const items = new Map<string, PcsItem>([
  ['tcb', 'tcb-info'],
  ['qe/identity', 'qe-identity'],
  ['pckcrl', 'pck-crl'],
  ['rootcacrl', 'root-ca-crl'],
  ['pckcert', 'pck-certificate'],
  ['tcbevaluationdatanumbers', 'tcb-evaluation-data-numbers'],
]);
const rootCrlFile = '/IntelSGXRootCA.der';

/** The request of a path with its query, or undefined when no service knows it. */
export function readPcsRequest(target: string): PcsRequest | undefined {
  const { pathname, searchParams } = new URL(target, 'http://localhost');
  const match = /^\/(sgx|tdx)\/certification\/v([34])\/(.+)$/.exec(pathname);
  const item = pathname === rootCrlFile ? 'root-ca-crl' : items.get(match?.[3] ?? '');
  if (item === undefined) return undefined;
  const text = (name: string) => searchParams.get(name) ?? undefined;
  const number = text('tcbEvaluationDataNumber');
  return {
    item,
    tee: match?.[1] === 'tdx' ? 'tdx' : 'sgx',
    apiVersion: match?.[2] === '3' ? 3 : 4,
    fmspc: text('fmspc')?.toLowerCase(),
    update: text('update'),
    tcbEvaluationDataNumber: number === undefined ? undefined : Number(number),
    ca: text('ca'),
    encoding: pathname === rootCrlFile ? 'der' : text('encoding'),
  };
}

const jsonType = { 'content-type': 'application/json' };

interface Body {
  readonly fmspc?: string;
  readonly tcbEvaluationDataNumber?: number;
}

function readBody(bytes: Uint8Array): Body {
  try {
    const body: Body = JSON.parse(Buffer.from(bytes).toString('utf8'));
    return body;
  } catch {
    return {};
  }
}

function chainHeader(name: string, chain: string, faults: readonly PcsFault[]): Record<string, string> {
  return hasFault(faults, 'no-issuer-chain') ? {} : { [name]: encodeURIComponent(chain) };
}

/** `{"name":<body as signed>,"signature":"hex"}`: the body's bytes are never changed. */
function signedBody(name: string, body: Uint8Array, signature: Uint8Array, faults: readonly PcsFault[]): Buffer {
  const sent = hasFault(faults, 'wrong-signature') ? flipLastBit(signature) : signature;
  const tail = `,"signature":"${Buffer.from(sent).toString('hex')}"}`;
  return Buffer.concat([Buffer.from(`{"${name}":`), body, Buffer.from(tail)]);
}

function isOtherNumber(request: PcsRequest, body: Body): boolean {
  const { tcbEvaluationDataNumber } = request;
  return tcbEvaluationDataNumber !== undefined && tcbEvaluationDataNumber !== body.tcbEvaluationDataNumber;
}

function tcbInfo(request: PcsRequest, collateral: IntelCollateral, faults: readonly PcsFault[]): Answer {
  if (request.fmspc === undefined || !/^[0-9a-f]{12}$/.test(request.fmspc)) return emptyAnswer(400);
  const body = readBody(collateral.tcbInfo);
  const isOther = body.fmspc?.toLowerCase() !== request.fmspc && !hasFault(faults, 'wrong-platform');
  if (isOther || isOtherNumber(request, body)) return emptyAnswer(404);
  const header = request.apiVersion === 3 ? 'SGX-TCB-Info-Issuer-Chain' : 'TCB-Info-Issuer-Chain';
  return {
    status: 200,
    headers: { ...jsonType, ...chainHeader(header, collateral.tcbInfoIssuerChain, faults) },
    body: signedBody('tcbInfo', collateral.tcbInfo, collateral.tcbInfoSignature, faults),
  };
}

function qeIdentity(request: PcsRequest, collateral: IntelCollateral, faults: readonly PcsFault[]): Answer {
  if (isOtherNumber(request, readBody(collateral.qeIdentity))) return emptyAnswer(404);
  return {
    status: 200,
    headers: {
      ...jsonType,
      ...chainHeader('SGX-Enclave-Identity-Issuer-Chain', collateral.qeIdentityIssuerChain, faults),
    },
    body: signedBody('enclaveIdentity', collateral.qeIdentity, collateral.qeIdentitySignature, faults),
  };
}

/** A list in DER, in hex (a caching service's habit) or in PEM (Intel's default). */
function revocationList(der: Uint8Array, encoding: 'der' | 'hex' | 'pem') {
  if (encoding === 'der') return { body: der, headers: { 'content-type': 'application/pkix-crl' } };
  const text = encoding === 'hex' ? Buffer.from(der).toString('hex') : toPem(der, 'X509 CRL');
  const type = encoding === 'hex' ? 'text/plain; charset=utf-8' : 'application/x-pem-file';
  return { body: Buffer.from(text), headers: { 'content-type': type } };
}

function pckCrl(
  request: PcsRequest,
  collateral: IntelCollateral,
  dialect: PcsDialect,
  faults: readonly PcsFault[],
): Answer {
  if (request.ca !== 'processor' && request.ca !== 'platform') return emptyAnswer(400);
  const der = hasFault(faults, 'wrong-signature') ? flipLastBit(collateral.pckCrl) : collateral.pckCrl;
  const encoding = request.encoding === 'der' ? 'der' : dialect === 'pccs' ? 'hex' : 'pem';
  const { body, headers } = revocationList(der, encoding);
  const chain = chainHeader('SGX-PCK-CRL-Issuer-Chain', collateral.pckCrlIssuerChain, faults);
  return { status: 200, headers: { ...headers, ...chain }, body };
}

function rootCaCrl(
  request: PcsRequest,
  collateral: IntelCollateral,
  dialect: PcsDialect,
  faults: readonly PcsFault[],
): Answer {
  const der = hasFault(faults, 'wrong-signature') ? flipLastBit(collateral.rootCaCrl) : collateral.rootCaCrl;
  const { body, headers } = revocationList(der, dialect === 'pccs' && request.encoding !== 'der' ? 'hex' : 'der');
  return { status: 200, headers, body };
}

function pckCertificate(collateral: IntelCollateral, faults: readonly PcsFault[]): Answer {
  const [leaf, ...issuers] = collateral.pckCertificateChain?.split(/(?<=-----END CERTIFICATE-----\n)/) ?? [];
  if (leaf === undefined) return emptyAnswer(404);
  return {
    status: 200,
    headers: {
      'content-type': 'application/x-pem-file',
      'SGX-FMSPC': readBody(collateral.tcbInfo).fmspc ?? '',
      ...chainHeader('SGX-PCK-Certificate-Issuer-Chain', issuers.join(''), faults),
    },
    body: Buffer.from(leaf),
  };
}

function evaluationDataNumbers(numbers: TcbEvaluationDataNumbers | undefined, faults: readonly PcsFault[]): Answer {
  if (numbers === undefined) return emptyAnswer(404);
  const header = 'TCB-Evaluation-Data-Numbers-Issuer-Chain';
  return {
    status: 200,
    headers: { ...jsonType, ...chainHeader(header, numbers.issuerChain, faults) },
    body: signedBody('tcbEvaluationDataNumbers', numbers.body, numbers.signature, faults),
  };
}

/** What a service has for one request. */
export interface PcsContents {
  readonly collateral: IntelCollateral | undefined;
  readonly numbers: TcbEvaluationDataNumbers | undefined;
}

/** The answer to a request, from the collateral that the request means. */
export function pcsAnswer(
  request: PcsRequest,
  { collateral, numbers }: PcsContents,
  dialect: PcsDialect,
  faults: readonly PcsFault[],
): Answer {
  if (request.item === 'tcb-evaluation-data-numbers') return evaluationDataNumbers(numbers, faults);
  if (collateral === undefined) return emptyAnswer(404);
  switch (request.item) {
    case 'tcb-info':
      return tcbInfo(request, collateral, faults);
    case 'qe-identity':
      return qeIdentity(request, collateral, faults);
    case 'pck-crl':
      return pckCrl(request, collateral, dialect, faults);
    case 'root-ca-crl':
      return rootCaCrl(request, collateral, dialect, faults);
    case 'pck-certificate':
      return pckCertificate(collateral, faults);
  }
}
