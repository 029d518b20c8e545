/** A server that speaks as Intel's certification service or as a PCCS would, from any collateral, with any fault. */
import type { IntelCollateral } from '@atesto/evidence/advanced';
import type { TcbEvaluationDataNumbers } from '../intel/evaluation-data-numbers.ts';
import { type ServiceOptions, type SimulatedService, startService } from '../serving/loopback.ts';
import { type PcsDialect, type PcsItem, type PcsRequest, pcsAnswer, readPcsRequest } from './answers.ts';

type Chosen<Value> = Value | ((request: PcsRequest) => Value | undefined | Promise<Value | undefined>);

/** How the server behaves. */
export interface PcsServerOptions extends ServiceOptions<PcsItem> {
  /** What it serves: always the same, or chosen by the request (undefined: not found). */
  readonly collateral: Chosen<IntelCollateral>;
  /** Which baselines it names. Default: not found. */
  readonly tcbEvaluationDataNumbers?: Chosen<TcbEvaluationDataNumbers>;
  /** Default: pcs. */
  readonly dialect?: PcsDialect;
}

/** A running server on the loopback interface. */
export type PcsServer = SimulatedService<PcsItem>;

async function choose<Value extends object>(
  chosen: Chosen<Value> | undefined,
  request: PcsRequest,
): Promise<Value | undefined> {
  return typeof chosen === 'function' ? await chosen(request) : chosen;
}

/** Starts a server. */
export function startPcsServer(options: PcsServerOptions): Promise<PcsServer> {
  return startService(
    {
      read: readPcsRequest,
      answer: async (request: PcsRequest, faults) => {
        const collateral = await choose(options.collateral, request);
        const numbers = await choose(options.tcbEvaluationDataNumbers, request);
        return pcsAnswer(request, { collateral, numbers }, options.dialect ?? 'pcs', faults);
      },
    },
    options,
  );
}
