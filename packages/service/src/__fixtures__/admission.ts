/** Waits until the admission layer of a service has taken in what a test sent. */
import { setImmediate } from 'node:timers/promises';
import type { RunningService } from '../service.ts';

/** What is held at one moment. */
export type HeldFigures = Partial<Record<'requests' | 'bodyBytes' | 'connections', number>>;

/** Resolves once the figures are these. */
export async function figuresAre(
  service: Pick<RunningService, 'admissionFigures'>,
  wanted: HeldFigures,
): Promise<void> {
  const { requests, bodyBytes, connections } = wanted;
  for (;;) {
    const now = service.admissionFigures();
    const pairs = [
      [requests, now.requests],
      [bodyBytes, now.bodyBytes],
      [connections, now.connections],
    ];
    if (pairs.every(([expected, is]) => expected === undefined || expected === is)) return;
    await setImmediate();
  }
}
