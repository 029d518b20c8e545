/** Test report: one line a file as soon as it is done, failures in full, skips with their reasons, and a closing count. */
import { relative, resolve } from 'node:path';
import type { TestEvent } from 'node:test/reporters';
import { inspect } from 'node:util';

interface FileCount {
  passed: number;
  failed: number;
  skipped: number;
}

/** Yields the text of the report for the events of one run of node:test. */
// biome-ignore lint/style/noDefaultExport: node:test loads a reporter by its default export
export default async function* report(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  const files = new Map<string, FileCount>();
  const skips = new Map<string, number>();
  const failures: string[] = [];
  const told = new Set<string>();
  for await (const event of source) {
    if (event.type === 'test:stderr') yield event.data.message;
    if (event.type === 'test:summary' && event.data.file !== undefined) {
      const file = relative(process.cwd(), event.data.file);
      const count = files.get(file);
      if (count !== undefined && !told.has(file)) yield lineOf(file, count);
      told.add(file);
    }
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const file = relative(process.cwd(), data.file ?? 'unknown');
    const isSuite = data.details.type === 'suite';
    // A file stands for itself only when it reported no test: it holds none, or it ended before they were done.
    const isEmptyFile = data.nesting === 0 && resolve(data.name) === data.file && event.type === 'test:pass';
    if (event.type === 'test:fail' && !isSuite) {
      failures.push(
        `\n✖ ${file}: ${data.name}\n${inspect(event.data.details.error.cause ?? event.data.details.error, { depth: 8 })}\n`,
      );
    }
    if (isEmptyFile) failures.push(`\n✖ ${file}: it reported no test\n`);
    if (isSuite && data.skip === undefined) continue;
    const count = files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    files.set(file, count);
    if (event.type === 'test:fail' || isEmptyFile) count.failed += 1;
    else if (data.skip !== undefined) {
      count.skipped += 1;
      const reason = typeof data.skip === 'string' ? data.skip : data.name;
      skips.set(reason, (skips.get(reason) ?? 0) + 1);
    } else count.passed += 1;
  }
  const total: FileCount = { passed: 0, failed: 0, skipped: 0 };
  for (const [file, count] of files) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    if (!told.has(file)) yield lineOf(file, count);
  }
  for (const [reason, count] of skips) yield `${count} skipped: ${reason}\n`;
  yield* failures;
  yield `\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`;
  if (total.failed > 0) process.exitCode = 1;
}

function lineOf(file: string, { passed, failed, skipped }: FileCount): string {
  const more = [failed > 0 ? `, ${failed} failed` : '', skipped > 0 ? `, ${skipped} skipped` : ''].join('');
  return `${failed > 0 ? '✖' : '✔'} ${file}: ${passed} passed${more}\n`;
}
