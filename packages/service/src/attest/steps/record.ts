/** Step 9: what is put down about a call before its answer leaves. */
import type { Caller } from '../../identity/access-token.ts';

/** One delivered token. Holds no evidence and no token. */
export interface AttestRecord {
  readonly requestId: string;
  readonly at: Date;
  readonly provider: string;
  readonly attestationType: string;
  /** Undefined: anonymous. */
  readonly caller: Caller | undefined;
  readonly policyHash: string;
  /** `jti` of the token. */
  readonly tokenId: string;
}

/** Puts an entry down; the answer waits for it. */
export type Recorder = (entry: AttestRecord) => Promise<void> | void;
