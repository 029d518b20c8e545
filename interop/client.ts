/** What a client is to the interoperability tests: how it is named, what it needs, and which programs run it. */
import type { RunningScenario } from './scenario.ts';

/** One process that exercises a client and prints its steps. */
export interface Program {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why a client cannot run here. */
export interface Missing {
  readonly missing: string;
  /** Whether that is a failure in CI: a toolchain may be absent, but what is installed with it may not fail. */
  readonly isFailure: boolean;
}

/** One client of the service, unmodified. */
export interface Client {
  /** What its users call it, without version. */
  readonly name: string;
  readonly language: string;
  /** Package and version of what runs: `azure-identity 1.27.0`. */
  readonly pins: readonly string[];
  /** What it takes as the address of the service. */
  readonly address: string;
  /** What its user sets besides address and credentials. */
  readonly needs: string;
  /** Installs and builds, each once, outside the repository. */
  readonly prepare: (scenario: RunningScenario) => Promise<readonly Program[] | Missing>;
}

/** A client that does not run anywhere the tests run. */
export interface UnavailableClient {
  readonly name: string;
  readonly language: string;
  readonly why: string;
}

/** Whether {@link Client.prepare} found something missing. */
export function isMissing(prepared: readonly Program[] | Missing): prepared is Missing {
  return 'missing' in prepared;
}
