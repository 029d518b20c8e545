/** Tells when the database is lost and when it is back. */

import type { Store } from '@atesto/store';
import type { HealthReporter } from '../health/health.ts';
import { reasonOf } from './store-unusable.ts';

/** Reports what the store's own looks at the database find; returns what ends that. One report for each loss, whatever its reason becomes. */
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
