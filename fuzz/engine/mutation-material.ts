/** What mutations of inputs draw upon. */
import type { Random } from './random.ts';

/** What a mutation may draw upon. */
export interface MutationMaterial {
  readonly random: Random;
  readonly dictionary: readonly Uint8Array[];
  /** Other inputs, to splice with. */
  readonly others: readonly Uint8Array[];
}
