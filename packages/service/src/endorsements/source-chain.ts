/** What opening the sources of one vendor gives, and what all caches have in common. */
import type { Refusal } from '@atesto/core';
import type { CacheOptions, EndorsementSource, RevocationListStore } from '@atesto/endorsements';
import type { EndorsementHealth } from './health.ts';

/** What is set the same for the sources of every vendor. */
export interface SourceSettings {
  readonly cache: Pick<CacheOptions, 'directory' | 'clock' | 'report'>;
  /** The revocation lists of all sources: what one gave counts for the others. */
  readonly listStore: RevocationListStore;
  readonly health: EndorsementHealth;
  /** Tells of a file of a setting that cannot be used. */
  readonly reportBroken: (setting: string, refusal: Refusal) => void;
}

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
  /** Reads the files of the settings for the first time. */
  readonly warmUp: () => Promise<void>;
  readonly upkeep: readonly SourceUpkeep[];
}
