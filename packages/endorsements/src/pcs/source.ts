/** Intel's endorsements from Intel's certification service or a PCCS, verified before anyone sees them. */
import { checkOptions } from '@atesto/core';
import type { IntelCollateral, TrustAnchor, VerifiedIntelCollateral } from '@atesto/evidence/advanced';
import { HttpClient, systemTiming, type Timing } from '@atesto/http-client';
import type { IntelEndorsementRequest, IntelEndorsementSource } from '../intel/request.ts';
import { revocableCollateral } from '../intel/revocable.ts';
import { nextUpdateOf, verifyCollateralFor } from '../intel/verify.ts';
import { refuseEndorsements, settleRefusals } from '../refusal.ts';
import { RevocationListStore } from '../revocation/list-store.ts';
import { storeLists, withStoredLists } from '../revocation/revocable.ts';
import type { EndorsementOptions, EndorsementResult } from '../source.ts';
import { type PcsAddress, type PcsDialect, PcsPaths } from './paths.ts';
import { PcsService } from './service.ts';

type IntelResult = EndorsementResult<IntelCollateral>;

/** Which service, how it is reached, and how often it is asked again. */
export interface PcsSourceOptions extends Omit<PcsAddress, 'dialect'> {
  /** Default: pcs. */
  readonly dialect?: PcsDialect;
  /** Subscription key: `Ocp-Apim-Subscription-Key`. Intel asks for one for PCK certificates only. */
  readonly apiKey?: string;
  /** PEM: an authority that is trusted for the connection besides the machine's, as a PCCS may need. */
  readonly ca?: string;
  /** Roots above the collateral. Default: Intel's. */
  readonly trustAnchors?: readonly TrustAnchor[];
  /** Revocation lists of all sources, to be shared by them. Default: those of this source alone, in memory. */
  readonly listStore?: RevocationListStore | undefined;
  /** Default: 5. */
  readonly connectTimeoutSeconds?: number;
  /** For one attempt at one document. Default: 10. */
  readonly timeoutSeconds?: number;
  /** Further attempts after the first. Default: 3. */
  readonly retries?: number;
  /** Default: 0.25; each further pause is twice as long, shortened by up to half at random. */
  readonly firstPauseSeconds?: number;
  /** A longer `Retry-After` ends the attempts. Default: 8. */
  readonly longestPauseSeconds?: number;
  /** Default: 8 MiB. */
  readonly maximumResponseBytes?: number;
  /** Default: 8. */
  readonly maximumConnections?: number;
  readonly timing?: Timing;
}

/** A source that holds connections. */
export interface PcsSource extends IntelEndorsementSource {
  /** Breaks off what is under way. */
  close(): Promise<void>;
}

/** A service that was asked for one baseline must not answer with another. */
function checkBaseline(
  { tcbInfo, qeIdentity }: VerifiedIntelCollateral,
  asked: number | undefined,
  where: string,
): void {
  for (const { id, tcbEvaluationDataNumber: is } of [tcbInfo, qeIdentity]) {
    if (asked !== undefined && is !== asked) {
      refuseEndorsements(
        'endorsements-other-baseline',
        where,
        `${id} has TCB evaluation data number ${is}, not ${asked}`,
      );
    }
  }
}

function makeClient(options: PcsSourceOptions, timing: Timing): HttpClient {
  return new HttpClient({
    ca: options.ca,
    connectTimeoutMs: (options.connectTimeoutSeconds ?? 5) * 1000,
    timeoutMs: (options.timeoutSeconds ?? 10) * 1000,
    maxResponseBytes: options.maximumResponseBytes ?? 8 * 1024 * 1024,
    maxConnections: options.maximumConnections ?? 8,
    timing,
  });
}

/** Makes a source. Throws a TypeError for an address that is none. */
export function createPcsSource(options: PcsSourceOptions): PcsSource {
  checkOptions<PcsSourceOptions>(
    options,
    {
      baseUrl: true,
      dialect: true,
      tcbUpdateType: true,
      rootCrlUrl: true,
      tcbEvaluationDataNumber: true,
      apiKey: true,
      ca: true,
      trustAnchors: true,
      listStore: true,
      connectTimeoutSeconds: true,
      timeoutSeconds: true,
      retries: true,
      firstPauseSeconds: true,
      longestPauseSeconds: true,
      maximumResponseBytes: true,
      maximumConnections: true,
      timing: true,
    },
    'options',
  );
  const timing = options.timing ?? systemTiming;
  const paths = new PcsPaths({ ...options, dialect: options.dialect ?? 'pcs' });
  const client = makeClient(options, timing);
  const retry = {
    retries: options.retries ?? 3,
    firstPauseMs: (options.firstPauseSeconds ?? 0.25) * 1000,
    longestPauseMs: (options.longestPauseSeconds ?? 8) * 1000,
    timing,
  };
  const service = new PcsService(paths, client, retry, options.apiKey);
  const { name } = paths;
  const { trustAnchors, tcbEvaluationDataNumber, listStore = new RevocationListStore(timing) } = options;
  const kind = revocableCollateral(trustAnchors);

  async function fetchVerified(
    request: IntelEndorsementRequest,
    { at, signal }: EndorsementOptions,
  ): Promise<IntelResult> {
    const collateral = await service.collateral(request, signal);
    await storeLists(collateral, kind, listStore);
    const verified = verifyCollateralFor(collateral, request, name, trustAnchors);
    checkBaseline(verified, tcbEvaluationDataNumber, name);
    const nextUpdate = nextUpdateOf(verified);
    const freshness = { fetchedAt: timing.clock(), nextUpdate, source: name, stale: at > nextUpdate };
    return { ok: true, value: { collateral, freshness } };
  }

  const source: IntelEndorsementSource = {
    name,
    get: (request, options) => settleRefusals(() => fetchVerified(request, options)),
  };
  return {
    ...withStoredLists(source, kind, listStore),
    close: () => client.close(),
  };
}
