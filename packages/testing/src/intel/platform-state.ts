/** The state from which another process can recreate a simulated platform. */
import type { KeyPair } from '../x509/keys.ts';
import type { PckFields } from './pck-extension.ts';
import type { IntelCertificates, IntelKeys, PckCa } from './pki.ts';

/** The keys, certificates and security versions of one simulated platform. */
export interface PlatformState {
  /** The time around which certificates and collateral are valid. */
  readonly at: Date;
  readonly ca: PckCa;
  readonly pck: PckFields;
  /** 16 TEE TCB security versions, TDX. */
  readonly teeTcbSvn: readonly number[];
  readonly keys: IntelKeys;
  readonly certificates: IntelCertificates;
  readonly attestationKey: KeyPair;
}
