/** Intel's endorsements behind a cache. */
import { checkOptions } from '@atesto/core';
import {
  type IntelCollateral,
  parseIntelCollateral,
  type TrustAnchor,
  writeIntelCollateral,
} from '@atesto/evidence/advanced';
import { type CachedSource, type CacheOptions, cacheEndorsements, cacheOptionNames } from '../cache/cached-source.ts';
import { type EndorsementKind, verification } from '../cache/kind.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { withStoredLists } from '../revocation/revocable.ts';
import { type IntelEndorsementRequest, type IntelEndorsementSource, requestKey } from './request.ts';
import { revocableCollateral } from './revocable.ts';
import { datesOf, verifyCollateralFor } from './verify.ts';

/** A cache, and the roots above what it takes in. */
export interface IntelCacheOptions extends CacheOptions {
  /** Default: Intel's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in the same directory. */
  readonly listStore?: RevocationListStore | undefined;
}

/** Parts in the order of `datesOf`; each is signed by itself. */
function withPartsOf(
  found: IntelCollateral,
  held: IntelCollateral,
  [rootCaCrl, pckCrl, tcbInfo, qeIdentity]: readonly boolean[],
): IntelCollateral {
  return {
    ...found,
    ...(rootCaCrl === true ? { rootCaCrl: held.rootCaCrl } : {}),
    ...(pckCrl === true ? { pckCrl: held.pckCrl, pckCrlIssuerChain: held.pckCrlIssuerChain } : {}),
    ...(tcbInfo === true
      ? {
          tcbInfo: held.tcbInfo,
          tcbInfoSignature: held.tcbInfoSignature,
          tcbInfoIssuerChain: held.tcbInfoIssuerChain,
        }
      : {}),
    ...(qeIdentity === true
      ? {
          qeIdentity: held.qeIdentity,
          qeIdentitySignature: held.qeIdentitySignature,
          qeIdentityIssuerChain: held.qeIdentityIssuerChain,
        }
      : {}),
  };
}

function intelCollateralKind(
  trustAnchors: readonly TrustAnchor[] | undefined,
): EndorsementKind<IntelEndorsementRequest, IntelCollateral> {
  return {
    name: 'intel-collateral',
    keyOf: requestKey,
    encode: writeIntelCollateral,
    decode: (text) => {
      const bundle = parseIntelCollateral(text);
      return bundle.ok ? bundle.value : undefined;
    },
    verify: (collateral, request, where) =>
      verification(() => datesOf(verifyCollateralFor(collateral, request, where, trustAnchors))),
    withPartsOf,
  };
}

/**
 * Puts a cache before a source of Intel's endorsements. Its files are collateral as `parseIntelCollateral` reads it, in an envelope.
 *
 * Requests that name a platform are kept apart from those that name a family, `maximumEntries` of each: one platform can name itself in any
 * number of ways, since the encryption of its PPID is different each time.
 *
 * @example
 * const source = createCachedSource(createPcsSource({ baseUrl: 'https://api.trustedservices.intel.com' }), { directory });
 * const result = await source.get({ tee: 'sgx', fmspc: '00906ed50000', pceId: '0000', ca: 'platform' }, { at: new Date() });
 */
export function createCachedSource(
  source: IntelEndorsementSource,
  options: IntelCacheOptions = {},
): CachedSource<IntelEndorsementRequest, IntelCollateral> {
  checkOptions<IntelCacheOptions>(
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
  const kind = intelCollateralKind(trustAnchors);
  const families = cacheEndorsements(source, kind, cache);
  const holderOf = ({ pckCertificateChain }: IntelCollateral): string | undefined => pckCertificateChain;
  const platforms = cacheEndorsements(source, { ...kind, name: 'intel-platform', holderOf }, cache);
  const cached: IntelEndorsementSource = {
    ...(source.name === undefined ? {} : { name: source.name }),
    get: (request, options) => ('pckCertificate' in request ? platforms : families).get(request, options),
  };
  return {
    ...withStoredLists(cached, revocableCollateral(trustAnchors), lists, { isCache: true }),
    refreshDue: async () => {
      await Promise.all([families.refreshDue(), platforms.refreshDue()]);
    },
    close: async () => {
      await Promise.all([families.close(), platforms.close()]);
      await lists.close();
    },
  };
}
