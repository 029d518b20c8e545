/** Opens what a reload replaces, the sources of endorsements and the accepted issuers, and hands out views that always use what is in force. */
import type { FastifyBaseLogger } from 'fastify';
import type { ServiceConfig } from '../config/schema.ts';
import {
  configuredSources,
  type EndorsementSources,
  type OpenEndorsementSources,
  type SourceOverrides,
} from '../endorsements/sources.ts';
import type { Health } from '../health/health.ts';
import { type AcceptedIssuers, acceptedIssuers } from '../identity/accepted-issuers.ts';
import type { AccessTokens } from '../identity/access-token.ts';
import { probeIssuers } from '../identity/probe-issuers.ts';
import { SharedReporters, StagedHealth } from './staged-health.ts';

/** What {@link LiveParts} needs. */
export interface LivePartsDeps {
  readonly overrides: SourceOverrides;
  readonly log: FastifyBaseLogger;
  readonly health: Health;
}

/** The parts that were opened from one configuration. */
interface Generation {
  readonly sources: OpenEndorsementSources;
  readonly issuers: AcceptedIssuers;
  readonly health: StagedHealth;
}

/** The replaceable parts of one service. */
export class LiveParts {
  readonly #deps: LivePartsDeps;
  readonly #reporters: SharedReporters;
  readonly #closing = new AbortController();
  /** Replaced generations whose sources requests in flight may still use, with the timer that closes them. */
  readonly #retired = new Map<Generation, NodeJS.Timeout>();
  readonly #stopProbing: () => void;
  #current: Generation;

  private constructor(config: ServiceConfig, deps: LivePartsDeps) {
    this.#deps = deps;
    this.#reporters = new SharedReporters(deps.health);
    this.#current = this.#open(config);
    this.#stopProbing = probeIssuers(() => this.#current.issuers.issuers);
  }

  /** Opens the parts and puts them in force. Throws `ConfigRefused` for a file of the settings. */
  static async open(config: ServiceConfig, deps: LivePartsDeps): Promise<LiveParts> {
    const parts = new LiveParts(config, deps);
    parts.#current.health.putInForce();
    await parts.#current.sources.warmUp();
    return parts;
  }

  /** The accepted issuers that are in force whenever a member is read. */
  readonly accessTokens: AccessTokens = ((issuers: () => AcceptedIssuers) => ({
    get issuers() {
      return issuers().issuers;
    },
    get managementAudiences() {
      return issuers().managementAudiences;
    },
    get clockSkewSeconds() {
      return issuers().clockSkewSeconds;
    },
  }))(() => this.#current.issuers);

  /** The sources of endorsements that are in force at each call. */
  readonly sources: EndorsementSources = {
    intel: { get: (request, options) => this.#current.sources.intel.get(request, options) },
    amd: { get: (request, options) => this.#current.sources.amd.get(request, options) },
  };

  /**
   * Opens the parts of another configuration without putting them in force. Throws `ConfigRefused` for a file of the settings.
   *
   * @returns puts them in force; cannot fail
   */
  async prepare(config: ServiceConfig): Promise<() => void> {
    const next = this.#open(config);
    await next.sources.warmUp();
    return () => {
      const previous = this.#current;
      this.#current = next;
      previous.health.withdraw();
      next.health.putInForce();
      const close = (): void => {
        this.#retired.delete(previous);
        void previous.sources.close();
      };
      this.#retired.set(previous, setTimeout(close, config.limits.endorsementTimeoutMs).unref());
    };
  }

  /** Closes the sources and aborts requests to issuers. */
  async close(): Promise<void> {
    this.#stopProbing();
    for (const timer of this.#retired.values()) clearTimeout(timer);
    try {
      await Promise.all([this.#current, ...this.#retired.keys()].map(({ sources }) => sources.close()));
    } finally {
      this.#closing.abort();
    }
  }

  #open(config: ServiceConfig): Generation {
    const health = new StagedHealth(this.#reporters);
    const sources = configuredSources(config, this.#deps.overrides, this.#deps.log, health);
    const reporter = health.dependency('openid-issuers', { isRequired: false });
    const issuers = acceptedIssuers(config, config.identity.issuers, reporter, this.#closing.signal);
    return { sources, issuers, health };
  }
}
