/** Starts the thread of a target and ends it where it does not come back from an input. */
import { Worker } from 'node:worker_threads';
import type { Fault, FuzzReport } from './fuzz.ts';
import { SharedInput } from './shared.ts';
import type { FuzzWork } from './worker.ts';

/** A thread that ran to its end, or the input at which it did not. */
export type WatchedRun =
  | { readonly ended: true; readonly report: FuzzReport }
  | {
      readonly ended: false;
      readonly executions: number;
      readonly fault: Omit<Fault, 'kind'> & { readonly kind: 'hang' | 'died' };
    };

const hangMilliseconds = 30_000;
const lookMilliseconds = 1_000;
/** Heap of a thread, MiB: an input that fills it is a fault. */
const mostHeapMiB = 1024;

/** Runs a target. Its making of seeds is not watched: keys take their time. */
export function watch(work: Omit<FuzzWork, 'shared'>): Promise<WatchedRun> {
  const shared = new SharedInput();
  const worker = new Worker(new URL('./worker.ts', import.meta.url), {
    workerData: { ...work, shared: shared.buffer },
    resourceLimits: { maxOldGenerationSizeMb: mostHeapMiB },
  });
  return new Promise((resolve) => {
    let [seen, since] = [0, performance.now()];
    const failed = (kind: 'hang' | 'died', detail: string): void => {
      clearInterval(timer);
      resolve({ ended: false, executions: shared.executions, fault: { kind, input: shared.input, detail } });
      void worker.terminate();
    };
    const timer = setInterval(() => {
      const { executions } = shared;
      if (executions !== seen || executions === 0) [seen, since] = [executions, performance.now()];
      else if (performance.now() - since > hangMilliseconds) {
        failed('hang', `one input took more than ${hangMilliseconds / 1000} s`);
      }
    }, lookMilliseconds);
    worker.once('message', (report: FuzzReport) => {
      clearInterval(timer);
      resolve({ ended: true, report });
      void worker.terminate();
    });
    worker.once('error', (error) =>
      failed('died', error instanceof Error ? (error.stack ?? error.message) : String(error)),
    );
  });
}
