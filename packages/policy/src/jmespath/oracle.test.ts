/** Compares this evaluator with two others on generated queries and documents. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { search as searchCommunity } from '@jmespath-community/jmespath';
import fc from 'fast-check';
import { documents, queries } from './__fixtures__/query-arbitrary.ts';
import { search } from './__fixtures__/search.ts';

type Answer = ReturnType<typeof search>;
type Search = (document: unknown, query: string) => unknown;

/** The package has no types of its own. */
const original: { search: Search } = createRequire(import.meta.url)('jmespath');

function answerOf(find: Search, document: unknown, query: string): Answer {
  try {
    return { value: JSON.parse(JSON.stringify(find(structuredClone(document), query) ?? null)) };
  } catch {
    return { code: 'query-failed' };
  }
}

const community: Search = (document, query) => searchCommunity(JSON.parse(JSON.stringify(document)), query);

/** Both take the empty string for a number, find no greatest string by an expression and look for other things than strings in a string. */
const inBoth = ['extremes', 'to_number', 'contains'] as const;

/**
 * Each of the others leaves the specification somewhere, and not in the same places: the package `jmespath` orders what is not two numbers
 * and takes `null` for an object, the community's has other multi-selects of null, and slices strings.
 */
function agreesWithOne(generated: fc.Arbitrary<string>, numRuns: number, seed: number): void {
  fc.assert(
    fc.property(generated, documents, (query, document) => {
      const answer = search(query, document);
      const others = [original.search, community].map((find) => answerOf(find, document, query));
      const agreeing = others.filter((other) => isDeepStrictEqual(other, answer));
      assert.ok(agreeing.length > 0, JSON.stringify({ answer, others }));
    }),
    { numRuns, seed },
  );
}

test('agrees with one of two other implementations on every query that orders nothing', () => {
  agreesWithOne(queries('ordering', 'merge', ...inBoth), 1500, 1);
});

test('agrees with one of two other implementations on every query without multi-selects', () => {
  agreesWithOne(queries('multi-select', 'merge', 'slice', ...inBoth), 1500, 2);
});
