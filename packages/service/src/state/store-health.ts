/** Reports the state of the store: a database that is lost or back, and a history that this instance does not know. */

import type { Store } from '@atesto/store';
import type { HealthReporter } from '../health/health.ts';
import { reasonOf } from './store-unusable.ts';

/** Reports what polls of the database find, once for each loss, however its reason changes. Returns a function that stops this. */
export function watchStore(store: Pick<Store, 'freshness' | 'changes'>, reporter: HealthReporter): () => void {
  let isLost = false;
  return store.changes.afterPoll(() => {
    const { refusal } = store.freshness();
    const wasLost = isLost;
    isLost = refusal?.code === 'store-unavailable';
    if (refusal !== undefined && isLost && !wasLost) reporter.report('failing', reasonOf(refusal));
    if (wasLost && !isLost) reporter.report('ok');
  });
}

/** Reports a store whose history does not continue the one that this instance knows. Returns a function that stops this. */
export function watchHistory(store: Pick<Store, 'history' | 'changes'>, reporter: HealthReporter): () => void {
  const report = (): void => {
    const { refusal, markFault } = store.history();
    if (refusal !== undefined) reporter.report('failing', `${refusal.where}: ${refusal.why} (${refusal.code})`);
    else if (markFault !== undefined) {
      const why = markFault instanceof Error ? markFault.message : 'unknown';
      reporter.report('warning', `the high-water mark of the store cannot be written to the state directory: ${why}`);
    } else reporter.report('ok');
  };
  report();
  return store.changes.afterPoll(report);
}
