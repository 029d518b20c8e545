/** What the operations of a running service share. */
import type { FastifyRequest } from 'fastify';
import type { Recorder } from './attest/steps/record.ts';
import type { Provider } from './providers/provider.ts';

/** The parts of a running service. */
export interface ServiceContext {
  /** The provider that a request addresses. Refuses with `not-ready` while its keys are not open. */
  readonly providerOf: (request: FastifyRequest) => Provider;
  /** The time at which evidence is appraised and tokens are issued. */
  readonly clock: () => Date;
  /** Puts down what was delivered, before it is. */
  readonly record: Recorder;
  /** Whether requests can be answered: neither starting nor stopping. */
  readonly isReady: () => boolean;
}
