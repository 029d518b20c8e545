/** Fuzzes one target in a thread of its own, so that a hang or a full heap ends the thread and not the run. */

import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { fuzz } from './fuzz.ts';
import { randomOf } from './random.ts';
import { SharedInput } from './shared.ts';
import { targetIn } from './target.ts';

/** What the thread is given. */
export interface FuzzWork {
  readonly file: string;
  readonly seed: number;
  readonly seconds: number;
  readonly crashers: readonly Uint8Array[];
  readonly shared: SharedArrayBuffer;
}

async function work({ file, seed, seconds, crashers, shared }: FuzzWork): Promise<void> {
  const target = targetIn(await import(pathToFileURL(file).href), file);
  const watched = new SharedInput(shared);
  const end = performance.now() + seconds * 1000;
  const report = await fuzz(target, {
    random: randomOf(seed),
    isOver: () => performance.now() >= end,
    crashers,
    watch: (input) => watched.begin(input),
  });
  parentPort?.postMessage(report);
}

await work(workerData);
