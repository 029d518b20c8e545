/** What a worker shares with its watcher: how many inputs it ran, and the one that it runs. */
const headerWords = 2;
const executionsAt = 0;
const lengthAt = 1;

/** Memory of both. The input is cut to its size. */
export class SharedInput {
  readonly buffer: SharedArrayBuffer;
  readonly #header: Int32Array;
  readonly #bytes: Uint8Array;

  constructor(buffer = new SharedArrayBuffer(headerWords * 4 + 256 * 1024)) {
    this.buffer = buffer;
    this.#header = new Int32Array(buffer, 0, headerWords);
    this.#bytes = new Uint8Array(buffer, headerWords * 4);
  }

  /** Called by the worker before each input. */
  begin(input: Uint8Array): void {
    const kept = input.subarray(0, this.#bytes.length);
    this.#bytes.set(kept);
    Atomics.store(this.#header, lengthAt, kept.length);
    Atomics.add(this.#header, executionsAt, 1);
  }

  get executions(): number {
    return Atomics.load(this.#header, executionsAt);
  }

  get input(): Uint8Array {
    return Uint8Array.from(this.#bytes.subarray(0, Atomics.load(this.#header, lengthAt)));
  }
}
