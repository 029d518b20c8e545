/** Reports a store whose history is not the one that this instance knows. */

import type { Store } from '@atesto/store';
import type { HealthReporter } from '../health/health.ts';

/** Starts; returns what ends it. */
export function watchHistory(store: Pick<Store, 'history' | 'changes'>, reporter: HealthReporter): () => void {
  const look = (): void => {
    const { refusal, markFault } = store.history();
    if (refusal !== undefined) reporter.report('failing', `${refusal.where}: ${refusal.why} (${refusal.code})`);
    else if (markFault !== undefined) {
      const why = markFault instanceof Error ? markFault.message : 'unknown';
      reporter.report('warning', `the high-water mark of the store cannot be written to the state directory: ${why}`);
    } else reporter.report('ok');
  };
  look();
  return store.changes.afterPoll(look);
}
