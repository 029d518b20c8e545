/** A simulated SEV-SNP platform as one JSON document, so that several processes share one throwaway PKI and its slow keys. */
import type { EndorsementKeyFields } from '../amd/endorsement-key.ts';
import type { AmdCertificateSet, AmdCertificates } from '../amd/pki.ts';
import { bytesOf } from '../bytes/layout.ts';
import { exportPrivateKey, importPrivateKey } from '../x509/keys.ts';
import { SimulatedSnpPlatform } from './platform.ts';
import type { SnpProduct, SnpTcbLevels } from './tcb.ts';

/** The saved form. It holds private keys, of no worth outside development. */
export interface SavedSnpPlatform {
  readonly format: 'atesto-simulated-snp-platform';
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly product: SnpProduct;
  readonly tcb: SnpTcbLevels;
  /** Hex. */
  readonly chipId: string;
  /** Byte fields in hex. */
  readonly vcek: EndorsementKeyFields;
  readonly vlek: EndorsementKeyFields;
  /** PEM. */
  readonly certificates: AmdCertificates;
  /** PKCS #8, PEM. */
  readonly keys: AmdCertificateSet<string>;
}

function eachRole<From, To>(set: AmdCertificateSet<From>, change: (value: From) => To): AmdCertificateSet<To> {
  return {
    ark: change(set.ark),
    ask: change(set.ask),
    asvk: change(set.asvk),
    vcek: change(set.vcek),
    vlek: change(set.vlek),
  };
}

function inHex(fields: EndorsementKeyFields): EndorsementKeyFields {
  const { hardwareId } = fields;
  return hardwareId === undefined ? fields : { ...fields, hardwareId: bytesOf(hardwareId).toString('hex') };
}

/** The platform as a document for `JSON.stringify`. */
export function exportSimulatedSnpPlatform({ state }: SimulatedSnpPlatform): SavedSnpPlatform {
  const { at, product, tcb, chipId, certificates } = state;
  return {
    format: 'atesto-simulated-snp-platform',
    version: 1,
    at: at.toISOString(),
    product,
    tcb,
    chipId,
    vcek: inHex(state.vcek),
    vlek: inHex(state.vlek),
    certificates,
    keys: eachRole(state.keys, exportPrivateKey),
  };
}

function isSavedSnpPlatform(value: unknown): value is SavedSnpPlatform {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'format' in value &&
    value.format === 'atesto-simulated-snp-platform' &&
    'version' in value &&
    value.version === 1 &&
    'keys' in value &&
    'certificates' in value
  );
}

/** The platform of a saved document, parsed from JSON. Throws a TypeError when it is none. */
export function importSimulatedSnpPlatform(saved: unknown): SimulatedSnpPlatform {
  if (!isSavedSnpPlatform(saved)) throw new TypeError('this is not a saved simulated SEV-SNP platform of version 1');
  const { product, tcb, chipId, vcek, vlek, certificates } = saved;
  const keys = eachRole(saved.keys, importPrivateKey);
  return new SimulatedSnpPlatform({ at: new Date(saved.at), product, tcb, chipId, vcek, vlek, certificates, keys });
}
