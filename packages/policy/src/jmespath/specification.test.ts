/** The rules of jmespath.org, one test each, and the one extension of policies. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { search, searchText } from './__fixtures__/search.ts';

type Case = readonly [query: string, document: unknown, answer: unknown];

function answers(name: string, cases: readonly Case[]): void {
  test(name, () => {
    const found = cases.map(([query, document]) => [query, search(query, document)]);
    const wanted = cases.map(([query, , value]) => [query, { value }]);
    assert.deepEqual(found, wanted);
  });
}

function refuses(name: string, code: string, queries: readonly string[], document: unknown = null): void {
  test(name, () => {
    const found = queries.map((query) => [query, search(query, document)]);
    const wanted = queries.map((query) => [query, { code }]);
    assert.deepEqual(found, wanted);
  });
}

const log = {
  log: [
    { n: 1, on: true, tags: ['a', 'b'] },
    { n: 2, on: false },
    { n: 3, on: true, tags: [] },
  ],
};

answers('members: by name, quoted name, escape, chain; null where there is none', [
  ['log', { log: 1 }, 1],
  ['"with space"', { 'with space': 1 }, 1],
  ['"\\u0041\\n"', { 'A\n': 1 }, 1],
  ['a.b.c', { a: { b: { c: 2 } } }, 2],
  ['a.b.c', { a: [] }, null],
  ['__proto__', {}, null],
  ['constructor.name', {}, null],
  ['_a9', { _a9: 1 }, 1],
]);

answers('indices and slices, from either end', [
  ['[0]', [1, 2, 3], 1],
  ['[-1]', [1, 2, 3], 3],
  ['[3]', [1, 2, 3], null],
  ['[0]', 'text', null],
  ['[1:]', [1, 2, 3], [2, 3]],
  ['[:-1]', [1, 2, 3], [1, 2]],
  ['[::-1]', [1, 2, 3], [3, 2, 1]],
  ['[-9:9:2]', [1, 2, 3], [1, 3]],
  ['[5:]', [1], []],
  ['[:]', 'text', null],
  ['[0:2].a', [{ a: 1 }, { a: 2 }, { a: 3 }], [1, 2]],
]);

answers('projections apply what follows to each element, drop nulls, and end at a pipe', [
  ['log[*].n', log, [1, 2, 3]],
  ['log[*].tags', log, [['a', 'b'], []]],
  ['log[*].tags[0]', log, ['a']],
  ['log[*].tags | [0]', log, ['a', 'b']],
  ['log[].tags[]', log, ['a', 'b']],
  ['[]', [[1], [[2]], 3], [1, [2], 3]],
  ['*.a', { x: { a: 1 }, y: 2, z: { a: 3 } }, [1, 3]],
  ['[*]', { a: 1 }, null],
  ['*', [1], null],
  ['[*][*]', [[1], 2], [[1]]],
  [
    'log[*].[n, on]',
    log,
    [
      [1, true],
      [2, false],
      [3, true],
    ],
  ],
  ['log[*].{number: n}', log, [{ number: 1 }, { number: 2 }, { number: 3 }]],
]);

answers('filters keep the elements for which the condition is true', [
  ['log[?on].n', log, [1, 3]],
  ['log[?n > `1`].n', log, [2, 3]],
  ['log[?n > `1` && on].n', log, [3]],
  ['log[?tags].n', log, [1]],
  ['log[?contains(tags || `[]`, `"a"`)].n', log, [1]],
  ['log[?n == `9`]', log, []],
  ['log[?n == `9`] | [0]', log, null],
  ['log[?!on].n', log, [2]],
  ['log[?@.n == `1` || n == `3`].n', log, [1, 3]],
  ['[?a]', { a: 1 }, null],
]);

answers('truth: null, false and what is empty are false; numbers are true, 0 too', [
  [
    "['', `[]`, `{}`, `null`, `false`, `0`, ' '][*].{v: @ || 'false'} | [*].v",
    {},
    ['false', 'false', 'false', 'false', 0, ' '],
  ],
  ['a && b', { a: 0, b: 2 }, 2],
  ['a && b', { a: '', b: 2 }, ''],
  ['!a', {}, true],
  ['!`0`', {}, false],
]);

answers('comparison: equal kind and content; order between numbers only', [
  ['a == b', { a: [1, { x: 2 }], b: [1, { x: 2 }] }, true],
  ['a == b', { a: { x: 1, y: 2 }, b: { y: 2, x: 1 } }, true],
  ['a == b', { a: 1, b: '1' }, false],
  ['a != b', {}, false],
  ['a < b', { a: 1, b: 1.5 }, true],
  ['a < b', { a: 'a', b: 'b' }, null],
  ['a >= b', { a: true, b: false }, null],
  ['a == `1.0`', { a: 1 }, true],
]);

answers('precedence: pipe, or, and, not, comparison', [
  ['a || b && c', { b: 1, c: 2 }, 2],
  ['(a || b) && c', { a: 1, c: 2 }, 2],
  ['!a == b', { b: true }, true],
  ['a | b || c', { a: { c: 1 } }, 1],
]);

answers('literals: JSON, raw strings with single backslashes, and bare text of the old grammar', [
  ['`{"a": [1, null]}`', {}, { a: [1, null] }],
  ['`"\\u0041"`', {}, 'A'],
  ['`"a\\`b"`', {}, 'a`b'],
  ["'a\\'b'", {}, "a'b"],
  ["'\\windows\\x'", {}, '\\windows\\x'],
  ["'a\\\\b'", {}, 'a\\\\b'],
  ["''", {}, ''],
  ['`bare`', {}, 'bare'],
  ['` 1 `', {}, 1],
]);

answers('functions of numbers', [
  ['[abs(`-1`), ceil(`1.2`), floor(`-1.2`), ceil(`-0.5`)]', {}, [1, 2, -2, 0]],
  ['[sum(@), avg(@), min(@), max(@)]', [1, 2, 6], [9, 3, 1, 6]],
  ['[sum(@), avg(@), min(@), max(@)]', [], [0, null, null, null]],
  [
    "[to_number('1e1'), to_number('x'), to_number(''), to_number(' 1'), to_number(`true`)]",
    {},
    [10, null, null, null, null],
  ],
  ['max(@)', ['a', 'c', 'b'], 'c'],
]);

answers('functions of strings', [
  [
    "[starts_with(@, 'ab'), ends_with(@, 'ab'), contains(@, 'bc'), contains(@, `1`)]",
    'abc',
    [true, false, true, false],
  ],
  ["contains(@, '')", 'abc', true],
  ['[length(@), reverse(@)]', '\u{1F600}a', [2, 'a\u{1F600}']],
  ["join('-', @)", ['a', 'b'], 'a-b'],
  ["join('-', @)", [], ''],
  [
    '[to_string(@), to_string(to_string(@))]',
    { b: [1, null], a: 'é' },
    ['{"b":[1,null],"a":"é"}', '{"b":[1,null],"a":"é"}'],
  ],
]);

answers('functions of arrays and objects', [
  ['[keys(@), values(@), length(@)]', { b: 1, a: 2 }, [['b', 'a'], [1, 2], 2]],
  ['merge(@, `{"a": 3}`, `{"c": 4}`)', { a: 1, b: 2 }, { a: 3, b: 2, c: 4 }],
  ['not_null(a, b, c)', { b: null, c: 0 }, 0],
  ['[to_array(a), to_array(b)]', { a: 1, b: [2] }, [[1], [2]]],
  ['sort(@)', ['\u{1F600}', '\uFF61', 'a'], ['a', '\uFF61', '\u{1F600}']],
  ['sort(@)', [10, 9, 1], [1, 9, 10]],
  [
    'sort_by(@, &k)[*].v',
    [
      { k: 2, v: 'x' },
      { k: 1, v: 'y' },
      { k: 2, v: 'z' },
    ],
    ['y', 'x', 'z'],
  ],
  [
    '[max_by(@, &k).v, min_by(@, &k).v]',
    [
      { k: 'b', v: 1 },
      { k: 'a', v: 2 },
      { k: 'b', v: 3 },
    ],
    [1, 2],
  ],
  ['map(&a, @)', [{ a: 1 }, {}], [1, null]],
  ['[*].type(@)', [1, '', true, [], {}], ['number', 'string', 'boolean', 'array', 'object']],
  ['type(@)', null, 'null'],
  ['contains(@, `[1]`)', [[1], 2], true],
]);

answers('equals_ignore_case folds A-Z only and is false for what is not two strings', [
  ["equals_ignore_case(@, 'C:\\Windows')", 'c:\\WINDOWS', true],
  ["equals_ignore_case(@, 'k')", '\u212A', false],
  ["equals_ignore_case(@, 'é')", 'É', false],
  ["equals_ignore_case(a, 'k')", {}, false],
  ['equals_ignore_case(`1`, `1`)', {}, false],
  ["[?equals_ignore_case(a, 'X')].b", [{ a: 'x', b: 1 }, { b: 2 }, { a: 3, b: 3 }], [1]],
]);

test('answers are compact, in member order, with numbers as ECMAScript prints them and text unescaped', () => {
  const text = '{ "z" : [1.50, 1e2, -0, 0.1], "a" : "\u00e9\\u0041\\n" }';
  assert.deepEqual(searchText('@', text), { ok: true, value: '{"z":[1.5,100,0,0.1],"a":"éA\\n"}' });
});

test('whole numbers of 64 bits stay exact, and what would be rounded is refused', () => {
  const large = '[9223372036854775807, -9223372036854775808, 9007199254740993]';
  const value = (query: string, text = large): unknown => {
    const outcome = searchText(query, text);
    return outcome.ok ? outcome.value : outcome.refusal.code;
  };
  assert.deepEqual(
    [
      value('@'),
      value('[0] > [2]'),
      value('[2] == `9007199254740993`'),
      value('[2] == `9007199254740992`'),
      value('max(@)'),
    ],
    ['[9223372036854775807,-9223372036854775808,9007199254740993]', 'true', 'true', 'false', '9223372036854775807'],
  );
  assert.equal(value('sum([[0],[0]][])'), '18446744073709551614');
  assert.equal(value('sum([[0],[0],[0]][])'), 'json-number-range');
  assert.equal(value('@', '18446744073709551616'), 'json-number-range');
  assert.equal(value('@', '12345678901234567890123'), 'json-number-range');
});

test('of repeated members the last counts, at the place of the first', () => {
  assert.deepEqual(searchText('@', '{"a":1,"b":2,"a":3}'), { ok: true, value: '{"a":3,"b":2}' });
});

refuses('refuses what is not JMESPath', 'query-invalid', [
  '',
  ' ',
  '.a',
  'a.',
  'a..b',
  'a[',
  'a]',
  'a[b]',
  'a[?b',
  'a[?]',
  'a.[0]',
  'a b',
  'a = b',
  '$',
  'a & b',
  '&a',
  '`{`',
  "'open",
  '"open',
  '`open',
  '"a"()',
  '{}',
  '[]]',
  'a[1.5]',
  'a[::0]',
  'a[1:2:3:4]',
  'a[99999999999999999999]',
  'a[?b == 20]',
  'a\\[\\*\\]',
  '"\\x"',
  '*a',
  'a-b',
]);

refuses('refuses functions that there are none of, and wrong numbers and kinds of arguments', 'query-invalid', [
  'lenght(@)',
  'length()',
  'length(@, @)',
  'length(&a)',
  'map(@, a)',
  'map(&a)',
  'sort_by(@, a)',
  'merge()',
  'not_null()',
  'join(@)',
  'let({a: a}, &b)',
  'split(@, `","`)',
]);

refuses(
  'refuses values of a kind that a function does not take',
  'query-failed',
  [
    'abs(@)',
    'avg(@)',
    'sum(@)',
    'ceil(@)',
    'floor(@)',
    'contains(`1`, @)',
    'ends_with(`1`, @)',
    'starts_with(@, `1`)',
    'join(`1`, `[]`)',
    "join('', `[1]`)",
    "join('', 'a')",
    'keys(@)',
    'values(@)',
    'length(`1`)',
    'length(`null`)',
    'map(&a, @)',
    'max(@)',
    'min(`[1, "a"]`)',
    'sort(`[true]`)',
    'sort_by(`[{}]`, &a)',
    'max_by(`[{"a": 1}, {"a": "b"}]`, &a)',
    'merge(@)',
    'reverse(`1`)',
  ],
  'text',
);

test('tells the place of a mistake in a query and the function that was meant', () => {
  const why = (query: string): string => {
    const outcome = searchText(query, 'null');
    return outcome.ok ? 'compiles' : outcome.refusal.why;
  };
  assert.deepEqual(['a[?b == 20]', 'lenght(@)', "a == 'open", 'keys(&a)'].map(why), [
    'The query does not compile: character 9, a number does not fit there.',
    'The query does not compile: character 1, there is no function lenght (did you mean length?).',
    'The query does not compile: character 6, the raw string is not closed.',
    'The query does not compile: character 1, argument 1 of keys is no expression with &.',
  ]);
});
