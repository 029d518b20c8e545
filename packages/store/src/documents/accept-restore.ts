/** An operator says that a restored database is meant: the store becomes a new incarnation. */
import type { Change } from './change.ts';
import { checkStore } from './check.ts';
import type { ChangeOrigin } from './document.ts';
import { newIncarnation, type Position, type RestoreContent, readPosition, restoreSetting } from './history.ts';

/** Makes the new incarnation, and puts down who accepted it. Refuses with `row-tampered` a store that is not whole. */
export async function acceptRestore(change: Change, origin: ChangeOrigin): Promise<Position> {
  const { incarnation: replaced } = await checkStore(change);
  const content: RestoreContent = { incarnation: newIncarnation(), replaced };
  change.become(content.incarnation);
  const document = { action: 'set', content: JSON.stringify(content) };
  await change.append({ providerId: '', kind: 'settings', name: restoreSetting }, document, origin);
  return readPosition(change);
}
