/** Hostile policies end at a counted budget, always at the same count, and leave nothing in memory. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { queryObjects } from 'node:v8';
import { Budget } from '../budget.ts';
import { type CompiledPolicy, compilePolicy, evaluatePolicy, limits, type Spent } from '../index.ts';
import { readJson } from '../json/read.ts';
import { settleAt } from '../refusal.ts';
import { attestedClaims, hostilePolicies } from '../testing/hostile-policies.ts';

function compiled(text: string): CompiledPolicy {
  const outcome = compilePolicy(text);
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.errors[0]?.message);
  return outcome.value;
}

/** The code with which a text ends, and what it cost to get there. */
function endOf(text: string): { code: string; spent: Spent | undefined } {
  const outcome = compilePolicy(text);
  if (!outcome.ok) return { code: outcome.errors.at(-1)?.code ?? '', spent: undefined };
  const verdict = evaluatePolicy(outcome.value, attestedClaims);
  return { code: verdict.decision === 'failed' ? verdict.refusal.code : verdict.decision, spent: verdict.spent };
}

for (const { name, text, code } of hostilePolicies) {
  test(`ends with ${code} within the budget, twice at the same count: ${name}`, () => {
    const end = endOf(text);
    assert.equal(end.code, code);
    assert.deepEqual(endOf(text), end);
    if (end.spent === undefined) return;
    const { work, madeLength, cells } = end.spent;
    assert.deepEqual([work <= limits.work, madeLength <= limits.madeLength, cells <= limits.cells], [true, true, true]);
  });
}

/** What reading a document costs. */
function readingOf(document: string): Spent {
  const budget = new Budget();
  const read = settleAt('document', () => readJson(document, budget));
  assert.ok(read.ok, document.slice(0, 20));
  return budget.spent;
}

test('each value of a document that is read is paid for in work and in cells, each character in work', () => {
  const times = (count: number, piece: string): string => `[${Array(count).fill(piece).join()}]`;
  const priceOf = (piece: string): readonly [work: number, cells: number] => {
    const [one, two] = [readingOf(times(4000, piece)), readingOf(times(8000, piece))];
    return [(two.work - one.work) / 4000, (two.cells - one.cells) / 4000];
  };
  const characters = (piece: string): number => (piece.length + 1) / 4;
  assert.deepEqual(
    ['1', '"text"', '[]', '{}', '{"name":1}', '"\\n\\n"', 'true'].map((piece) => [piece, ...priceOf(piece)]),
    [
      ['1', 2 + characters('1'), 1],
      ['"text"', 2 + characters('"text"'), 1],
      ['[]', 14 + characters('[]'), 7],
      ['{}', 18 + characters('{}'), 9],
      ['{"name":1}', 26 + characters('{"name":1}'), 13],
      ['"\\n\\n"', 10 + characters('"\\n\\n"'), 5],
      ['true', 2 + characters('true'), 1],
    ],
  );
});

test('what a query builds on its way counts as held while it runs, and no longer', () => {
  const policy = (rules: number): CompiledPolicy =>
    compiled(
      `version=1.2;authorizationrules{=> add(type="d", value="[${Array(1000).fill(1).join()}]");${'d:[type=="d"] => add(type="n", value=JmesPath(d.value, "[*]|[*]|[*]|length(@)"));'.repeat(rules)}};`,
    );
  const [one, many] = [1, 50].map((rules) => evaluatePolicy(policy(rules), []).spent);
  // Each further answer is kept.
  assert.equal(many?.cells, (one?.cells ?? 0) + 49);
  assert.ok((many?.work ?? 0) > 10 * (one?.work ?? 0));
});

test('queries that rules build last as long as one evaluation', () => {
  const { text } = hostilePolicies.find(({ name }) => name === 'queries-of-literals') ?? { text: '' };
  const policy = compiled(text);
  const objects = (): number => queryObjects(Map, { format: 'count' });
  evaluatePolicy(policy, attestedClaims);
  const before = objects();
  const verdict = evaluatePolicy(policy, attestedClaims);
  assert.equal(verdict.decision, 'failed');
  // Its queries hold more than 50,000 objects.
  assert.ok(objects() - before < 100, `${objects() - before} objects stay`);
});

test('a text is read until it has 100 errors, and one more says so', () => {
  const outcome = compilePolicy(`version=1.2;authorizationrules{${'~'.repeat(limits.textBytes - 40)}};`);
  assert.ok(!outcome.ok);
  const codes = outcome.errors.map(({ code }) => code);
  assert.deepEqual(codes, [...Array(limits.diagnostics).fill('unknown-character'), 'limit-errors']);
});

test('what is said of a text is no longer than the text, however many identifiers its rules bind', () => {
  const conditions = Array.from({ length: 8000 }, (_, at) => `c${at}:[]`).join('&&');
  const outcome = compilePolicy(`version=1.2;authorizationrules{${conditions}=> add(type=x.type, value=x.value);};`);
  assert.ok(!outcome.ok);
  const hints = outcome.errors.flatMap(({ code, hint }) => (code === 'unbound-identifier' ? [hint] : []));
  const named = Array.from({ length: 10 }, (_, at) => `c${at}`).join(', ');
  assert.deepEqual(hints, Array(2).fill(`Bound here: ${named} and 7990 more.`));
});

test('a text gets at most 100 warnings and 100 notes, and more of them refuse nothing', () => {
  const rules = `c:[type="x-ms-sgx-svm"] => add(type="a\\b", value=1);`.repeat(300);
  const outcome = compilePolicy(`version=1.2;authorizationrules{${rules}};`);
  assert.ok(outcome.ok);
  assert.deepEqual([outcome.warnings.length, outcome.notes.length], [limits.diagnostics, limits.diagnostics]);
});
