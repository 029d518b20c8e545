/** Properties of every text and policy: nothing throws, places are correct, verdicts repeat, budgets hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { policyTexts } from './__fixtures__/policy-arbitrary.ts';
import {
  type Claim,
  type ClaimIssuer,
  claimIssuers,
  compilePolicy,
  evaluatePolicy,
  evaluationReport,
  explainRefusal,
  formatPolicy,
  limits,
  reportJson,
} from './index.ts';

const words = [
  'version',
  '=',
  '1.2',
  ';',
  'authorizationrules',
  '{',
  '}',
  '[',
  ']',
  'type',
  '==',
  '"a"',
  '=>',
  'permit',
  '(',
  ')',
];
const more = [
  'c',
  ':',
  '&&',
  '!',
  ',',
  'value',
  '.',
  'add',
  'issue',
  'JmesPath',
  '1',
  '-1',
  'true',
  '\n',
  '"',
  '\\',
  '//',
  '/*',
  '<a>',
  '“',
  'é',
];
const soup = fc.array(fc.constantFrom(...words, ...more), { maxLength: 60 }).map((parts) => parts.join(''));
const mutated = fc
  .tuple(policyTexts, fc.nat(), fc.nat({ max: 8 }), fc.string({ unit: 'binary', maxLength: 4 }))
  .map(([text, place, cut, put]) => {
    const at = place % (text.length + 1);
    return text.slice(0, at) + put + text.slice(at + cut);
  });
const anyText = fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), soup, mutated, policyTexts);

const values: fc.Arbitrary<Claim['value']> = fc.oneof(
  fc.constantFrom('a', 'b', '', '[1, 2]', '{"a":[{"b":1},{"b":true}]}', 'é'),
  fc.constantFrom(0n, 1n, -1n, 31n, 9223372036854775807n),
  fc.boolean(),
);
const claims: fc.Arbitrary<Claim[]> = fc.array(
  fc.record({
    type: fc.constantFrom('a', 'b', 'c', 'x-own', 'pcrs'),
    value: values,
    issuer: fc.constantFrom<ClaimIssuer>(...claimIssuers),
  }),
  { maxLength: 12 },
);

test('never throws on any text, and each error has a place in it', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const outcome = compilePolicy(text);
      const lines = text.split('\n');
      const diagnostics = [...(outcome.ok ? [] : outcome.errors), ...outcome.warnings, ...outcome.notes];
      for (const { line, column, length, message } of diagnostics) {
        const source = lines[line - 1];
        assert.ok(source !== undefined && column >= 1 && column <= source.length + 1, `${line}:${column} ${message}`);
        assert.ok(length >= 0 && Number.isInteger(length) && message.length > 0);
      }
      assert.ok(outcome.ok || outcome.errors.length > 0);
    }),
    { numRuns: 3000 },
  );
});

test('tells errors in the order of the text', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const outcome = compilePolicy(text);
      const places = (outcome.ok ? outcome.warnings : outcome.errors).map(({ line, column }) => [line, column]);
      const ordered = places.toSorted(([a = 0, b = 0], [c = 0, d = 0]) => a - c || b - d);
      assert.deepEqual(places, ordered);
    }),
    { numRuns: 1000 },
  );
});

test('a text that has no UTF-8 of its own is refused at the place, in a string or a comment too', () => {
  const placeOf = (text: string): unknown => {
    const outcome = compilePolicy(text);
    return outcome.ok ? 'ok' : outcome.errors.map(({ code, line, column }) => [code, line, column])[0];
  };
  const policy = (inside: string): string =>
    `version=1.0;\nauthorizationrules { => add(type="a", value="${inside}"); };`;
  assert.deepEqual(
    [
      policy('\ud800'),
      policy('x\udc00'),
      policy('\ud800\ud800\udc00'),
      policy('\u{1F600}'),
      'version=1.0; // \udfff',
    ].map(placeOf),
    [
      ['unknown-character', 2, 46],
      ['unknown-character', 2, 47],
      ['unknown-character', 2, 46],
      'ok',
      ['unknown-character', 1, 17],
    ],
  );
});

test('what is sound when strict is sound, and has no warnings', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const strict = compilePolicy(text, { strict: true });
      if (strict.ok) assert.deepEqual(compilePolicy(text).warnings, []);
    }),
    { numRuns: 500 },
  );
});

test('a verdict repeats, and a trace does not change it', () => {
  let evaluated = 0;
  fc.assert(
    fc.property(policyTexts, claims, (text, incoming) => {
      const outcome = compilePolicy(text);
      if (!outcome.ok) return;
      evaluated++;
      const first = evaluatePolicy(outcome.value, incoming);
      assert.deepEqual(evaluatePolicy(outcome.value, incoming), first);
      assert.deepEqual({ ...evaluatePolicy(outcome.value, incoming, { trace: true }), trace: [] }, first);
    }),
    { numRuns: 1500 },
  );
  assert.ok(evaluated > 300, `${evaluated} policies were evaluated`);
});

test('a refusal has an explanation, and nothing else has', () => {
  fc.assert(
    fc.property(policyTexts, claims, (text, incoming) => {
      const outcome = compilePolicy(text);
      if (!outcome.ok) return;
      const verdict = evaluatePolicy(outcome.value, incoming);
      const explanation = explainRefusal(outcome.value, incoming);
      assert.equal(explanation === undefined, verdict.decision === 'permitted');
      if (explanation !== undefined) assert.ok(explanation.message.length > 0 && explanation.detail.length > 0);
    }),
    { numRuns: 1000 },
  );
});

test('what is not authorized has neither outgoing claims nor properties', () => {
  fc.assert(
    fc.property(policyTexts, claims, (text, incoming) => {
      const { authorized, outgoing, properties } = evaluationReport(text, incoming);
      if (!authorized) assert.deepEqual([outgoing, properties], [{}, {}]);
    }),
    { numRuns: 500 },
  );
});

test('formatting changes no verdict', () => {
  const verdictOf = (text: string, incoming: readonly Claim[]): unknown => {
    const { parse, evaluation, refusal, authorized, outgoing, properties, configuration } = evaluationReport(
      text,
      incoming,
    );
    return { parse, evaluation, code: refusal?.code, authorized, outgoing, properties, configuration };
  };
  fc.assert(
    fc.property(policyTexts, claims, (text, incoming) => {
      const formatted = formatPolicy(text);
      assert.ok(formatted.ok);
      assert.deepEqual(verdictOf(formatted.value, incoming), verdictOf(text, incoming));
    }),
    { numRuns: 1000 },
  );
});

test('a report is JSON for every text', () => {
  fc.assert(
    fc.property(anyText, claims, (text, incoming) => {
      JSON.parse(reportJson(evaluationReport(text, incoming)));
    }),
    { numRuns: 1000 },
  );
});

/** A policy as large as policies may be: rules, conditions and bytes up to their limits, each rule with an expensive query. */
function largest(query: string): string {
  const rule = `c:[type=="a"] && d:[type=="b", value!=c.value] => add(type="b", value=JmesPath(c.value, "${query}"));\n`;
  const head = 'version=1.2;\nauthorizationrules {\n=> permit();\n';
  const room = limits.textBytes - head.length - 10;
  const count = Math.min(limits.rules - 1, Math.floor(room / rule.length));
  return `${head}${rule.repeat(count)}};`;
}

const document: Claim = {
  type: 'a',
  value: JSON.stringify(Array.from({ length: 5000 }, (_, at) => at)),
  issuer: 'CustomClaim',
};
const start: Claim = { type: 'b', value: 'x', issuer: 'CustomClaim' };

for (const [name, query, code] of [
  ['doubling', `@${'|[@,@]'.repeat(8)}`, 'limit-value'],
  ['sorting', 'sort(@)|reverse(@)|sort(@)', 'limit-work'],
  ['filters in filters', '[?@ > `1`] | [?@ > `2`] | [?@ > `3`]', 'limit-work'],
  ['text', "[*].to_string(@) | join(',', @)", 'limit-work'],
] as const) {
  test(`a policy of the largest size ends within the budget: ${name}`, () => {
    const outcome = compilePolicy(largest(query));
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.errors[0]?.message);
    const codes = [0, 1].map(() => {
      const verdict = evaluatePolicy(outcome.value, [document, start]);
      return verdict.decision === 'failed' ? verdict.refusal.code : 'done';
    });
    assert.deepEqual(codes, [code, code]);
  });
}

test('a policy at every limit compiles, and one more of anything is refused by name', () => {
  const codeOf = (rules: string): string => {
    const outcome = compilePolicy(`version=1.2; authorizationrules { ${rules} };`);
    return outcome.ok ? 'ok' : (outcome.errors[0]?.code ?? 'none');
  };
  const tests = (count: number): string => `[${Array(count).fill('value!="x"').join(',')}] => permit();`;
  const conditions = (count: number): string => `${Array(count).fill('[type=="x"]').join('&&')} => permit();`;
  const calls = (depth: number): string =>
    `=> add(type="x", value=${'AppendString('.repeat(depth)}"a"${',"b")'.repeat(depth)});`;
  const query = (length: number): string => `=> add(type="x", value=JmesPath("{}", "${'a'.repeat(length)}"));`;
  const depth = (levels: number): string => `=> add(type="x", value=JmesPath("{}", "${'!'.repeat(levels)}a"));`;
  assert.deepEqual(
    [
      codeOf('=> permit();'.repeat(limits.rules)),
      codeOf('=> permit();'.repeat(limits.rules + 1)),
      codeOf(tests(limits.testsPerCondition)),
      codeOf(tests(limits.testsPerCondition + 1)),
      codeOf(conditions(limits.conditionsPerRule)),
      codeOf(conditions(limits.conditionsPerRule + 1)),
      codeOf(calls(limits.callDepth)),
      codeOf(calls(limits.callDepth + 1)),
      codeOf(query(limits.literalQueryLength)),
      codeOf(query(limits.literalQueryLength + 1)),
      codeOf(depth(limits.queryDepth - 2)),
      codeOf(depth(limits.queryDepth + 1)),
      codeOf(' '.repeat(limits.textBytes)),
    ],
    [
      ...['ok', 'limit-rules', 'ok', 'limit-tests', 'ok', 'limit-conditions', 'ok', 'limit-call-depth'],
      ...['ok', 'limit-query', 'ok', 'limit-query-depth', 'limit-text'],
    ],
  );
});
