/** Runs a query over a document as rules do: JSON text in, JSON text out, within a budget. */

import { Budget } from '../../budget.ts';
import { readJson } from '../../json/read.ts';
import { writeJson } from '../../json/write.ts';
import { type PolicyOutcome, settleAt } from '../../refusal.ts';
import { compileQuery } from '../compile.ts';

/** The compact JSON text of the answer, or the refusal. */
export function searchText(query: string, document: string, budget = new Budget()): PolicyOutcome<string> {
  return settleAt('query', () => {
    const compiled = compileQuery(query, budget);
    return writeJson(compiled.run(readJson(document, budget), budget), budget);
  });
}

/** The answer as a value, `code` when it was refused. */
export function search(query: string, document: unknown): { value: unknown } | { code: string } {
  const outcome = searchText(query, JSON.stringify(document));
  return outcome.ok ? { value: JSON.parse(outcome.value) } : { code: outcome.refusal.code };
}
