/** Generates JMESPath queries, and documents that they match. */
import fc from 'fast-check';

const names = ['a', 'b', 'c', 'deep', '"x y"'] as const;
const scalars = [
  'null',
  'true',
  'false',
  '0',
  '1',
  '2',
  '-1',
  '1.5',
  '"a"',
  '"b"',
  '""',
  '[]',
  '{}',
  '[1, 2]',
] as const;

/** Documents with few member names, so that queries meet them. */
export const documents: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.constantFrom(null, true, false, 0, 1, 2, -1, 1.5, 'a', 'b', 'ab', ''),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c', 'deep', 'x y'), tie('value'), { maxKeys: 4 }),
  ),
})).value;

const name = fc.constantFrom(...names);
const literal = fc.oneof(
  fc.constantFrom(...scalars).map((text) => `\`${text}\``),
  fc.constantFrom("'a'", "'ab'", "''"),
);
const index = fc.integer({ min: -3, max: 3 });
const bound = fc.option(index, { nil: '' });
const step = fc.constantFrom('', ':', ':1', ':2', ':-1');
const slice = fc.tuple(bound, bound, step).map(([from, to, by]) => `[${from}:${to}${by}]`);

const unaryCalls = [
  'length',
  'keys',
  'values',
  'type',
  'to_array',
  'to_string',
  'not_null',
  'sort',
  'reverse',
] as const;
const numericCalls = ['abs', 'avg', 'ceil', 'floor', 'max', 'min', 'sum', 'to_number'] as const;
const binaryCalls = ['contains', 'starts_with', 'ends_with', 'join', 'merge', 'not_null'] as const;
const expressionCalls = ['sort_by', 'max_by', 'min_by'] as const;
const comparisons = ['==', '!=', '<', '<=', '>', '>='] as const;

type Form = 'ordering' | 'multi-select' | 'merge' | 'slice' | 'extremes' | 'to_number' | 'contains';

/** Queries that compile. `without`: forms in which another implementation is known to leave the specification. */
export function queries(...without: readonly Form[]): fc.Arbitrary<string> {
  const has = (form: Form): boolean => !without.includes(form);
  const operators = has('ordering') ? comparisons : (['==', '!='] as const);
  const binary = binaryCalls.filter((call) => (call !== 'merge' && call !== 'contains') || has(call));
  const by = has('extremes') ? expressionCalls : (['sort_by'] as const);
  const numeric = has('to_number') ? numericCalls : numericCalls.filter((call) => call !== 'to_number');
  const { query } = fc.letrec<{ query: string; suffix: string }>((tie) => {
    const query = tie('query');
    const two = fc.tuple(query, query);
    const multiSelects = [two.map(([a, b]) => `[${a}, ${b}]`), two.map(([a, b]) => `{a: ${a}, c: ${b}}`)];
    const selected = has('multi-select') ? multiSelects : [];
    return {
      suffix: fc.oneof(
        name.map((text) => `.${text}`),
        index.map((at) => `[${at}]`),
        ...(has('slice') ? [slice] : []),
        fc.constantFrom('[*]', '[]', '.*'),
        query.map((condition) => `[?${condition}]`),
        ...selected.map((text) => text.map((form) => `.${form}`)),
      ),
      query: fc.oneof(
        { maxDepth: 5, depthSize: 'small' },
        name,
        fc.constant('@'),
        literal,
        fc.tuple(name, fc.array(tie('suffix'), { maxLength: 3 })).map(([first, rest]) => first + rest.join('')),
        fc.constantFrom('*', '[*]', '[]', '[0]', '[-1]'),
        fc.tuple(query, tie('suffix')).map(([whole, suffix]) => `(${whole})${suffix}`),
        fc.tuple(query, fc.constantFrom('|', '||', '&&'), query).map((parts) => parts.join(' ')),
        fc.tuple(query, fc.constantFrom(...operators), query).map(([a, operator, b]) => `(${a}) ${operator} (${b})`),
        query.map((whole) => `!(${whole})`),
        ...selected,
        fc.tuple(fc.constantFrom(...unaryCalls, ...numeric), query).map(([call, a]) => `${call}(${a})`),
        fc.tuple(fc.constantFrom(...binary), query, query).map(([call, a, b]) => `${call}(${a}, ${b})`),
        fc.tuple(fc.constantFrom(...by), query, query).map(([call, a, b]) => `${call}(${a}, &${b})`),
        two.map(([each, items]) => `map(&${each}, ${items})`),
      ),
    };
  });
  return query;
}
