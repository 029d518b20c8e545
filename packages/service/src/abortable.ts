/** Waits for work until a signal aborts. */

/**
 * The result of `work`, or the signal's reason thrown as soon as it aborts. For work that may not watch the signal itself: it may go on,
 * and its result is then nobody's.
 */
export async function orAborted<Result>(work: Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason);
  if (signal.aborted) onAbort();
  else signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
