/** The endorsements of simulated platforms from memory, always fresh. */
import type { EndorsementResult, IntelEndorsementSource, SnpEndorsementSource } from '@atesto/endorsements';
import type { IntelCollateral, SnpEndorsements } from '@atesto/evidence/advanced';
import type { SimulatedPlatforms } from './platforms.ts';

/** The sources of both vendors, for the service's `startService`. */
export interface SimulatedEndorsements {
  readonly intelEndorsements: IntelEndorsementSource;
  readonly amdEndorsements: SnpEndorsementSource;
}

const hourMs = 3_600_000;

/** Sources for a service that runs for any time. */
export function simulatedEndorsements({ intel, amd }: SimulatedPlatforms): SimulatedEndorsements {
  const sgx = renewed((at) => intel.collateral({ at, tee: 'sgx' }));
  const tdx = renewed((at) => intel.collateral({ at, tee: 'tdx' }));
  const vcek = renewed((at) => amd.endorsements('VCEK', { at }));
  const vlek = renewed((at) => amd.endorsements('VLEK', { at }));
  return {
    intelEndorsements: {
      name: 'simulated Intel',
      get: async ({ tee }): Promise<EndorsementResult<IntelCollateral>> => {
        return { ok: true, value: { collateral: await (tee === 'tdx' ? tdx() : sgx()) } };
      },
    },
    amdEndorsements: {
      name: 'simulated AMD',
      get: async (request): Promise<EndorsementResult<SnpEndorsements>> => {
        const collateral = await (request.signingKey === 'VLEK' ? vlek() : vcek());
        const certificate = 'certificate' in request ? request.certificate : collateral.certificate;
        return { ok: true, value: { collateral: { ...collateral, certificate } } };
      },
    },
  };
}

/** What `make` makes, made again after an hour: the same object stands for the same bytes, so that it is verified once. */
function renewed<Value>(make: (at: Date) => Promise<Value>): () => Promise<Value> {
  let made: { readonly at: number; readonly value: Promise<Value> } | undefined;
  return () => {
    const now = Date.now();
    if (made === undefined || Math.abs(now - made.at) > hourMs) made = { at: now, value: make(new Date(now)) };
    return made.value;
  };
}
