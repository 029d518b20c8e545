/** The context that the checks of one policy share. */
import type { AttestationType } from '@atesto/core';
import type { Diagnostics } from '../diagnostic.ts';
import type { Version } from '../syntax/vocabulary.ts';

/** Shared by all checks of a policy. */
export interface CheckContext {
  readonly diagnostics: Diagnostics;
  /** Undefined when the policy has no usable version; versions are then not checked. */
  readonly version: Version | undefined;
  readonly attestationType: AttestationType | undefined;
}
