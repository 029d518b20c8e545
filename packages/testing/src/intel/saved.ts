/** A simulated platform as one JSON document, so that several processes share one throwaway PKI. */

import { bytesOf } from '../bytes/layout.ts';
import { exportPrivateKey, importPrivateKey } from '../x509/keys.ts';
import type { PckFields } from './pck-extension.ts';
import type { IntelCertificateSet, IntelCertificates, PckCa } from './pki.ts';
import { SimulatedPlatform } from './platform.ts';

/** The saved form. It holds private keys, of no worth outside development. */
export interface SavedPlatform {
  readonly format: 'atesto-simulated-intel-platform';
  readonly version: 1;
  /** ISO 8601. */
  readonly at: string;
  readonly ca: PckCa;
  /** Byte fields in hex. */
  readonly pck: PckFields;
  readonly teeTcbSvn: readonly number[];
  /** PEM. */
  readonly certificates: IntelCertificates;
  /** PKCS #8, PEM. */
  readonly keys: IntelCertificateSet<string>;
  /** PKCS #8, PEM. */
  readonly attestationKey: string;
}

function eachRole<From, To>(set: IntelCertificateSet<From>, change: (value: From) => To): IntelCertificateSet<To> {
  return {
    root: change(set.root),
    pckCa: change(set.pckCa),
    pck: change(set.pck),
    tcbSigning: change(set.tcbSigning),
  };
}

function pckInHex(pck: PckFields): PckFields {
  const hex = (value: string | Uint8Array) => bytesOf(value).toString('hex');
  return {
    ...pck,
    ppid: hex(pck.ppid),
    pceId: hex(pck.pceId),
    fmspc: hex(pck.fmspc),
    ...(pck.cpuSvn === undefined ? {} : { cpuSvn: hex(pck.cpuSvn) }),
    ...(pck.platformInstanceId === undefined ? {} : { platformInstanceId: hex(pck.platformInstanceId) }),
  };
}

/** The platform as a document for `JSON.stringify`. */
export function exportSimulatedPlatform({ state }: SimulatedPlatform): SavedPlatform {
  return {
    format: 'atesto-simulated-intel-platform',
    version: 1,
    at: state.at.toISOString(),
    ca: state.ca,
    pck: pckInHex(state.pck),
    teeTcbSvn: state.teeTcbSvn,
    certificates: state.certificates,
    keys: eachRole(state.keys, exportPrivateKey),
    attestationKey: exportPrivateKey(state.attestationKey),
  };
}

function isSavedPlatform(value: unknown): value is SavedPlatform {
  if (typeof value !== 'object' || value === null) return false;
  return (
    'format' in value &&
    value.format === 'atesto-simulated-intel-platform' &&
    'version' in value &&
    value.version === 1 &&
    'keys' in value &&
    'certificates' in value
  );
}

/** The platform of a saved document, parsed from JSON. Throws a TypeError when it is none. */
export function importSimulatedPlatform(saved: unknown): SimulatedPlatform {
  if (!isSavedPlatform(saved)) throw new TypeError('this is not a saved simulated platform of version 1');
  return new SimulatedPlatform({
    at: new Date(saved.at),
    ca: saved.ca,
    pck: saved.pck,
    teeTcbSvn: saved.teeTcbSvn,
    certificates: saved.certificates,
    keys: eachRole(saved.keys, importPrivateKey),
    attestationKey: importPrivateKey(saved.attestationKey),
  });
}
