/** Timers under a test's control. */
import { mock } from 'node:test';

/** Timers that are set from now on fire when the test says so; `using` gives the real ones back. */
export function managedTime(): Disposable & { tick(ms: number): void } {
  mock.timers.enable({ apis: ['setTimeout'] });
  return { tick: (ms) => mock.timers.tick(ms), [Symbol.dispose]: () => mock.timers.reset() };
}
