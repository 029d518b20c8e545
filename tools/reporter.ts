/** Reports a test run: one line a file as soon as it is done, failures in full, skips with their reasons, and a closing count. */
import { relative, resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

interface FileCount {
  passed: number;
  failed: number;
  skipped: number;
}

/** How many of the slowest files are named at the end of a run of more files than {@link manyFiles}. */
const slowest = 5;
const manyFiles = 20;

/** Where a test is. */
interface TestLocation {
  readonly file?: string | undefined;
  readonly name: string;
  readonly nesting: number;
}

/** What a run is. */
export interface RunDescription {
  /** The files that must run to their end. */
  readonly entries: readonly string[];
  /** For an entry that stands for other files: those files. */
  readonly members: ReadonlyMap<string, readonly string[]>;
  /** Tests are selected by name, so that files without one are expected. */
  readonly isFiltered: boolean;
}

/** Makes the reporter of one run. */
export function createReport(run: RunDescription) {
  return async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
    let summary = new Summary(run);
    for await (const event of source) {
      if (event.type === 'test:stderr') yield event.data.message;
      // Only in watch mode: the files that had changed have run.
      if (event.type === 'test:watch:drained') {
        yield* summary.close();
        summary = new Summary(run);
      }
      yield* summary.add(event);
    }
    yield* summary.close();
    if (summary.isFailure) process.exitCode = 1;
  };
}

class Summary {
  readonly #run: RunDescription;
  readonly #files = new Map<string, FileCount>();
  /** How long the tests of a file took, in milliseconds. */
  readonly #took = new Map<string, number>();
  readonly #reported = new Set<string>();
  readonly #ended = new Set<string>();
  readonly #skips = new Map<string, number>();
  readonly #failures: string[] = [];

  constructor(run: RunDescription) {
    this.#run = run;
  }

  get isFailure(): boolean {
    return this.#failures.length > 0;
  }

  *add(event: TestEvent): Generator<string> {
    if (event.type === 'test:summary' && event.data.file !== undefined) {
      const file = relative(process.cwd(), event.data.file);
      this.#ended.add(file);
      for (const member of this.#run.members.get(file) ?? [file]) yield* this.#report(member);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') return;
    const { data } = event;
    const isSuite = data.details.type === 'suite';
    const member = isSuite ? this.#memberOf(data) : undefined;
    const file = member ?? relative(process.cwd(), data.file ?? 'unknown');
    if (member !== undefined) this.#ended.add(member);
    if (data.nesting === 0) this.#took.set(file, (this.#took.get(file) ?? 0) + data.details.duration_ms);
    // A file stands for itself only when it reported no test: it holds none, or it ended before they were done.
    const isEmptyFile = data.nesting === 0 && resolve(data.name) === data.file && event.type === 'test:pass';
    if (isEmptyFile && this.#run.isFiltered) return;
    if (isEmptyFile) this.#failures.push(`\n✖ ${file}: it reported no test\n`);
    // A suite fails with its tests, which are counted, or on its own when a hook of it fails.
    const isFailure =
      event.type === 'test:fail' && !(isSuite && failureTypeOf(event.data.details.error) === 'subtestsFailed');
    if (isFailure) {
      const { error } = event.data.details;
      this.#failures.push(`\n✖ ${file}: ${data.name}\n${inspect(error.cause ?? error, { depth: 8 })}\n`);
    }
    if (isSuite && data.skip === undefined && !isFailure) return;
    const count = this.#countOf(file);
    if (isFailure || isEmptyFile) count.failed += 1;
    else if (data.skip !== undefined) {
      count.skipped += 1;
      const reason = typeof data.skip === 'string' ? data.skip : data.name;
      this.#skips.set(reason, (this.#skips.get(reason) ?? 0) + 1);
    } else count.passed += 1;
  }

  *close(): Generator<string> {
    for (const entry of this.#run.entries) {
      const members = this.#run.members.get(entry) ?? [];
      // What a process reported before it ended itself does not count: it may have left tests out.
      if (!this.#ended.has(entry)) {
        const open = members.filter((file) => !this.#ended.has(file));
        for (const file of open.length === 0 ? [entry] : open)
          this.#fail(file, 'its process ended before its tests were done');
      } else if (!this.#run.isFiltered) {
        for (const file of members) if (!this.#files.has(file)) this.#fail(file, 'it reported no test');
      }
    }
    for (const file of this.#files.keys()) yield* this.#report(file);
    for (const [reason, count] of this.#skips) yield `${count} skipped: ${reason}\n`;
    if (this.#files.size > manyFiles) yield `slowest: ${this.#slowest()}\n`;
    const total: FileCount = { passed: 0, failed: 0, skipped: 0 };
    for (const { passed, failed, skipped } of this.#files.values()) {
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
    }
    const { passed, failed, skipped } = total;
    if (this.#run.isFiltered && passed + failed + skipped === 0)
      this.#failures.push('\n✖ No test has a name that matches.\n');
    yield* this.#failures;
    yield `\n${passed} passed, ${failed} failed, ${skipped} skipped\n`;
  }

  /** The file that a suite stands for: in a group, each file is a suite with its path as name. */
  #memberOf({ file = '', name, nesting }: TestLocation): string | undefined {
    const members = this.#run.members.get(relative(process.cwd(), file)) ?? [];
    return nesting === 0 && members.includes(name) ? name : undefined;
  }

  #fail(file: string, why: string): void {
    this.#countOf(file).failed += 1;
    this.#failures.push(`\n✖ ${file}: ${why}\n`);
  }

  #countOf(file: string): FileCount {
    const count = this.#files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    this.#files.set(file, count);
    return count;
  }

  #slowest(): string {
    const byTime = [...this.#took].sort(([, one], [, other]) => other - one);
    return byTime
      .slice(0, slowest)
      .map(([file, took]) => `${file} ${(took / 1000).toFixed(1)} s`)
      .join(', ');
  }

  *#report(file: string): Generator<string> {
    const count = this.#files.get(file);
    if (count === undefined || this.#reported.has(file)) return;
    this.#reported.add(file);
    yield lineOf(file, count);
  }
}

/** Node's name for the kind of a failure; its types do not declare it. */
function failureTypeOf(error: Error): unknown {
  return 'failureType' in error ? error.failureType : undefined;
}

function lineOf(file: string, { passed, failed, skipped }: FileCount): string {
  const more = [failed > 0 ? `, ${failed} failed` : '', skipped > 0 ? `, ${skipped} skipped` : ''].join('');
  return `${failed > 0 ? '✖' : '✔'} ${file}: ${passed} passed${more}\n`;
}
