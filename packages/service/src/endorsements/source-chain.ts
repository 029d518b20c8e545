/** What opening the sources of one vendor gives, and what all caches have in common. */
import type { CacheOptions, EndorsementSource } from '@atesto/endorsements';

/** What is set the same for the caches of every vendor. */
export type CacheSettings = Pick<CacheOptions, 'directory' | 'clock' | 'report'>;

/** What must be done with an open source besides asking it. */
export interface SourceUpkeep {
  /** Fetches anew what will soon be due. */
  readonly refreshDue: () => Promise<void>;
  /** Breaks off what is under way; waits until everything is on disk. */
  readonly close: () => Promise<void>;
}

/** The sources of one vendor, in the order in which they are asked. */
export interface SourceChain<Source extends EndorsementSource<never, unknown>> {
  readonly sources: readonly Source[];
  readonly upkeep: readonly SourceUpkeep[];
}
