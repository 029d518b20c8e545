/** Expensive queries and documents end with a code, always the same one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Budget } from '../budget.ts';
import { limits } from '../limits.ts';
import { documents, queries } from './__fixtures__/query-arbitrary.ts';
import { searchText } from './__fixtures__/search.ts';

const numbers = JSON.stringify(Array.from({ length: 4000 }, (_, index) => index));
/** A search for `t` in `s` that compares naively takes 10^11 steps. */
const long = JSON.stringify({ s: 'a'.repeat(700_000), t: `${'a'.repeat(160_000)}b${'a'.repeat(160_000)}` });
const words = JSON.stringify(Array.from({ length: 4000 }, () => 'x'.repeat(250)));

function codeOf(query: string, document: string, budget?: Budget): string {
  const outcome = searchText(query, document, budget);
  return outcome.ok ? 'answered' : outcome.refusal.code;
}

const hostile: readonly (readonly [name: string, query: string, document: string, code: string])[] = [
  ['doubling that is written', `@${'|[@,@]'.repeat(40)}`, '1', 'limit-value'],
  ['doubling that is compared', `[@${'|[@,@]'.repeat(40)},@${'|[@,@]'.repeat(40)}]|[0]==[1]`, '1', 'limit-work'],
  ['doubling in members', `@${'|{a:@,b:@}'.repeat(40)}`, '1', 'limit-value'],
  ['doubling and flattening', `[@]${'|[@,@][]'.repeat(40)}`, '1', 'limit-memory'],
  ['doubling of text', `to_string(@)${`|join('',[@,@])`.repeat(40)}`, words, 'limit-value'],
  ['text made and thrown away', `map(&length(join('',$)),@)`.replace('$', '[@,@]'), words, 'answered'],
  ['a large text made for each element', "[*].[join(',', to_array(`[1]`)[*].to_string(@))]", numbers, 'answered'],
  ['nested filters', '{a:@}|[@][?a[?@>=`0`]].a', numbers, 'answered'],
  ['a filter over the whole for each element', '[@,@]|map(&length([?@>=`9`]),@)', numbers, 'answered'],
  ['filters that see the whole each time', '[@,@]|map(&[0],[@[0][*].{all:@}])', numbers, 'answered'],
  ['a product of an array with itself', '{a:@}.a[*]|[@][*][?contains(`[]`,@)]', numbers, 'answered'],
  ['contains over the whole for each', '{all:@}|all[?contains(`[1,2,3]`,@)]', numbers, 'answered'],
  ['sorting again and again', `@${'|sort(@)'.repeat(2000)}`, numbers, 'limit-memory'],
  ['reversing again and again', `@${'|reverse(@)'.repeat(2000)}`, numbers, 'limit-memory'],
  ['a slice of everything, many times', `@${'|[::-1]'.repeat(2000)}`, numbers, 'limit-memory'],
  ['lengths of one long text', `s${'|[@,@][]'.repeat(12)}|[*].length(@)`, long, 'limit-work'],
  ['a needle like its haystack', `[s,t]|[@,@]${'|[@,@][]'.repeat(9)}|[*].contains([0],[1])`, long, 'limit-work'],
  [
    'a short needle that almost fits everywhere',
    `[${Array(40).fill("contains(s,'aaaaaaab')").join(',')}]`,
    long,
    'limit-work',
  ],
  ['lengths of one long text, less often', `[${Array(140).fill('length(s)').join(',')}]`, long, 'limit-work'],
  ['one search of a long text', `contains(s,'aaaaaaab')`, long, 'answered'],
  ['order of equal long texts', `s${'|[@,@][]'.repeat(12)}|sort(@)`, long, 'limit-work'],
  ['equality of large values', `[${Array(200).fill('(@==@)').join(',')}]`, numbers, 'answered'],
  [
    'equality of equal copies',
    `[${Array(600).fill('(to_array(@)[*]==to_array(@)[*])').join(',')}]`,
    numbers,
    'limit-memory',
  ],
];

for (const [name, query, document, code] of hostile) {
  test(`ends within the budget: ${name}`, () => assert.equal(codeOf(query, document), code));
}

test('a text that is too long altogether is refused before it is made', () => {
  const budget = new Budget(limits.work, 3 * 1024 * 1024);
  assert.equal(codeOf(`[*].join('', [@,@])|[join('',@),join('',@)]`, words, budget), 'limit-value');
  assert.equal(codeOf(`map(&join('', [@,@]), @)|length(@)`, words, new Budget(limits.work, 1024 * 1024)), 'limit-made');
});

test('refuses a query that nests too deep, whatever nests', () => {
  const deep = 60_000;
  const forms = [
    `${'('.repeat(deep)}@${')'.repeat(deep)}`,
    `${'!'.repeat(deep)}@`,
    `${'['.repeat(deep)}@${']'.repeat(deep)}`,
    `${'{a:'.repeat(deep)}@${'}'.repeat(deep)}`,
    `${'[?'.repeat(deep)}@${']'.repeat(deep)}`,
    `${'to_array('.repeat(deep)}@${')'.repeat(deep)}`,
    `@${'[*]'.repeat(deep)}`,
    `@${'.*'.repeat(deep)}`,
    `@${'==@'.repeat(deep)}`,
  ];
  assert.deepEqual(
    forms.map((query) => [query.slice(0, 8), codeOf(query, '1')]),
    forms.map((query) => [query.slice(0, 8), 'limit-query-depth']),
  );
});

test('a long chain costs no depth', () => {
  assert.equal(codeOf(`@${'|@'.repeat(10_000)}`, '1'), 'answered');
  assert.equal(codeOf(`@${'||@'.repeat(10_000)}`, '0'), 'answered');
  assert.equal(codeOf(`@${'[]'.repeat(10_000)}`, '[]'), 'answered');
  assert.equal(codeOf(`a${'.a'.repeat(10_000)}`, '{"a":1}'), 'answered');
});

test('refuses JSON that nests too deep, read or made', () => {
  assert.equal(codeOf('@', `${'['.repeat(100_000)}1${']'.repeat(100_000)}`), 'json-depth');
  assert.equal(codeOf(`@${'|[@]'.repeat(200)}`, '1'), 'json-depth');
  assert.equal(codeOf(`[@${'|[@]'.repeat(200)},@${'|[@]'.repeat(200)}]|[0]==[1]`, '1'), 'json-depth');
});

test('never throws, and says the same twice, whatever the query is', () => {
  const pieces = fc.constantFrom(
    'a',
    '.',
    '[',
    ']',
    '*',
    '?',
    '|',
    '&',
    '`',
    "'",
    '"',
    '(',
    ')',
    '1',
    '-',
    ':',
    '@',
    '!',
    '{',
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(fc.oneof(text, queries()), documents, (query, document) => {
      const json = JSON.stringify(document);
      assert.deepEqual(searchText(query, json), searchText(query, json));
    }),
    { numRuns: 1500 },
  );
});

test('an answer costs the same number of units each time', () => {
  fc.assert(
    fc.property(queries(), documents, (query, document) => {
      const left = [0, 1].map(() => {
        const budget = new Budget();
        searchText(query, JSON.stringify(document), budget);
        return budget.left;
      });
      assert.equal(left[0], left[1]);
    }),
    { numRuns: 300 },
  );
});
