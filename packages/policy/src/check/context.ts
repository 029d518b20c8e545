/** What the checks of one policy share. */
import type { AttestationKind } from '../attestation-kind.ts';
import type { Diagnostics } from '../diagnostic.ts';
import type { Version } from '../syntax/vocabulary.ts';

/** What the checks of a policy share. */
export interface CheckContext {
  readonly diagnostics: Diagnostics;
  /** Undefined when the policy has no usable version: nothing is said of versions then. */
  readonly version: Version | undefined;
  readonly attestationType: AttestationKind | undefined;
}
