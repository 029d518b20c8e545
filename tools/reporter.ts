/** Test report: one line a file, failures in full, skips with their reasons, and a closing count. */
import { relative } from 'node:path';
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
  for await (const event of source) {
    if (event.type === 'test:stderr') yield event.data.message;
    if (event.type !== 'test:pass' && event.type !== 'test:fail') continue;
    const { data } = event;
    const file = relative(process.cwd(), data.file ?? 'unknown');
    const isSuite = data.details.type === 'suite';
    const isFile = data.nesting === 0 && data.name === data.file;
    if (event.type === 'test:fail' && !isSuite) {
      failures.push(
        `\n✖ ${file}: ${data.name}\n${inspect(event.data.details.error.cause ?? event.data.details.error, { depth: 8 })}\n`,
      );
    }
    if (isSuite || (isFile && event.type === 'test:pass')) continue;
    const count = files.get(file) ?? { passed: 0, failed: 0, skipped: 0 };
    files.set(file, count);
    if (event.type === 'test:fail') count.failed += 1;
    else if (data.skip !== undefined) {
      count.skipped += 1;
      const reason = typeof data.skip === 'string' ? data.skip : data.name;
      skips.set(reason, (skips.get(reason) ?? 0) + 1);
    } else count.passed += 1;
  }
  const total: FileCount = { passed: 0, failed: 0, skipped: 0 };
  for (const [file, count] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : '';
    yield `${count.failed > 0 ? '✖' : '✔'} ${file}: ${count.passed} passed${count.failed > 0 ? `, ${count.failed} failed` : ''}${skipped}\n`;
  }
  for (const [reason, count] of skips) yield `${count} skipped: ${reason}\n`;
  yield* failures;
  yield `\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`;
}
