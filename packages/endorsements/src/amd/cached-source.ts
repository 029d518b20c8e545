/** AMD's endorsements behind a cache. */
import { checkOptions } from '@atesto/core';
import type { SnpEndorsements, TrustAnchor } from '@atesto/evidence/advanced';
import { type CachedSource, type CacheOptions, cacheEndorsements, cacheOptionNames } from '../cache/cached-source.ts';
import { verification } from '../cache/kind.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { withStoredLists } from '../revocation/revocable.ts';
import { type SnpEndorsementRequest, type SnpEndorsementSource, snpRequestKey } from './request.ts';
import { revocableSnp } from './revocable.ts';
import { verifySnp } from './verify.ts';

/** A cache, and the roots above what it takes in. */
export interface SnpCacheOptions extends CacheOptions {
  /** Default: AMD's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in the same directory. */
  readonly listStore?: RevocationListStore | undefined;
}

function encode({ certificate, authorityChain, revocationList }: SnpEndorsements): string {
  return JSON.stringify({
    certificate: typeof certificate === 'string' ? certificate : Buffer.from(certificate).toString('base64'),
    authority_chain: authorityChain,
    revocation_list: revocationList === 'unchecked' ? revocationList : Buffer.from(revocationList).toString('base64'),
  });
}

function decode(text: string): SnpEndorsements | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const members = new Map(Object.entries(typeof value === 'object' && value !== null ? value : {}));
  const [certificate, authorityChain, list] = ['certificate', 'authority_chain', 'revocation_list'].map((name) =>
    members.get(name),
  );
  if (typeof certificate !== 'string' || typeof authorityChain !== 'string' || typeof list !== 'string')
    return undefined;
  return {
    certificate: certificate.startsWith('-----') ? certificate : Buffer.from(certificate, 'base64'),
    authorityChain,
    revocationList: Buffer.from(list, 'base64'),
  };
}

/** Puts a cache before a source of AMD's endorsements. */
export function createSnpCachedSource(
  source: SnpEndorsementSource,
  options: SnpCacheOptions = {},
): CachedSource<SnpEndorsementRequest, SnpEndorsements> {
  checkOptions<SnpCacheOptions>(
    options,
    {
      ...cacheOptionNames,
      trustAnchors: true,
      listStore: true,
    },
    'options',
  );
  const { trustAnchors, listStore, ...cache } = options;
  const lists = listStore ?? new RevocationListStore(cache);
  const kind = {
    name: 'snp-endorsements',
    keyOf: snpRequestKey,
    encode,
    decode,
    verify: (value: SnpEndorsements, request: SnpEndorsementRequest, where: string) =>
      verification(() => verifySnp(value, request, where, trustAnchors)),
  };
  const cached = cacheEndorsements(source, kind, cache);
  return {
    ...withStoredLists(cached, revocableSnp(trustAnchors), lists, { isCache: true }),
    refreshDue: () => cached.refreshDue(),
    close: async () => {
      await cached.close();
      await lists.close();
    },
  };
}
