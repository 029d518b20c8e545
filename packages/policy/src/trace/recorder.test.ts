/** A trace shows the evaluation, and never changes its verdict. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { policyTexts } from '../__fixtures__/policy-arbitrary.ts';
import { type Claim, type CompiledPolicy, compilePolicy, evaluatePolicy, explainRefusal, limits } from '../index.ts';
import type { TraceRule } from './trace.ts';

const claim = (type: string, value: Claim['value']): Claim => ({ type, value, issuer: 'AttestationService' });

function compiled(...lines: string[]): CompiledPolicy {
  const outcome = compilePolicy(['version=1.2;', ...lines].join('\n'));
  assert.ok(outcome.ok, outcome.ok ? '' : outcome.errors[0]?.message);
  return outcome.value;
}

function traceOf(policy: CompiledPolicy, claims: readonly Claim[]): readonly TraceRule[] {
  return evaluatePolicy(policy, claims, { trace: true }).trace;
}

test('shows for each rule its conditions, the claims that each test met and what the rule made', () => {
  const policy = compiled(
    'authorizationrules{',
    'c:[type=="svn", value>=2] => add(type="good", value=c.value);',
    '[type=="good"] && ![type=="debug", value==true] => permit();',
    '};',
  );
  const made: Claim = { type: 'good', value: 3n, issuer: 'AttestationPolicy' };
  const debug = claim('debug', true);
  const [older, newer] = [claim('svn', 1n), claim('svn', 3n)];
  const type = { property: 'type', operator: '==', reached: 3 } as const;
  assert.deepEqual(traceOf(policy, [older, newer, debug]), [
    {
      section: 'authorizationrules',
      line: 3,
      column: 1,
      action: 'add',
      effect: 'made',
      conditions: [
        {
          line: 3,
          column: 1,
          identifier: 'c',
          negated: false,
          holds: true,
          tests: [
            { ...type, line: 3, column: 4, wanted: ['svn'], actual: ['svn', 'debug'], passed: 2 },
            {
              line: 3,
              column: 17,
              property: 'value',
              operator: '>=',
              wanted: [2n],
              actual: [1n, 3n],
              reached: 2,
              passed: 1,
            },
          ],
          selected: 1,
          claims: [newer],
        },
      ],
      made: [made],
    },
    {
      section: 'authorizationrules',
      line: 4,
      column: 1,
      action: 'permit',
      effect: 'skipped',
      conditions: [
        {
          line: 4,
          column: 1,
          negated: false,
          holds: true,
          tests: [
            { ...type, line: 4, column: 2, wanted: ['good'], actual: ['svn', 'debug', 'good'], reached: 4, passed: 1 },
          ],
          selected: 1,
          claims: [made],
        },
        {
          line: 4,
          column: 19,
          negated: true,
          holds: false,
          tests: [
            {
              ...type,
              line: 4,
              column: 21,
              wanted: ['debug'],
              actual: ['svn', 'debug', 'good'],
              reached: 4,
              passed: 1,
            },
            {
              line: 4,
              column: 36,
              property: 'value',
              operator: '==',
              wanted: [true],
              actual: [true],
              reached: 1,
              passed: 1,
            },
          ],
          selected: 1,
          claims: [debug],
        },
      ],
      made: [],
    },
  ]);
});

test('shows all values that a test was held against, so that != against several is seen to hold always', () => {
  const policy = compiled('authorizationrules{b:[type=="b"] && [type=="a", value!=b.value] => permit();};');
  const claims = [claim('a', 'x'), claim('b', 'x'), claim('b', 'y')];
  const [rule] = traceOf(policy, claims);
  assert.equal(rule?.effect, 'permitted');
  assert.deepEqual(rule.conditions[1]?.tests[1]?.wanted, ['x', 'y']);
});

test('ends with the rule that failed', () => {
  const policy = compiled('authorizationrules{', '=> permit();', '[value==JsonToClaimValue("x")] => deny();', '};');
  assert.deepEqual(
    traceOf(policy, []).map(({ line, effect }) => [line, effect]),
    [
      [3, 'permitted'],
      [4, 'failed'],
    ],
  );
});

test('is empty when it is not asked for', () => {
  assert.deepEqual(evaluatePolicy(compiled('authorizationrules{=> permit();};'), []).trace, []);
});

test('changes no verdict, whatever the policy', () => {
  const value = fc.oneof(fc.constantFrom('a', '', '{"b":1}', true, false), fc.bigInt({ min: -2n, max: 2n }));
  const claims = fc.array(
    fc.tuple(fc.constantFrom('a', 'b', 'c'), value).map(([type, one]) => claim(type, one)),
    {
      maxLength: 6,
    },
  );
  fc.assert(
    fc.property(policyTexts, claims, (text, incoming) => {
      const outcome = compilePolicy(text);
      if (!outcome.ok) return;
      const { trace: _none, ...plain } = evaluatePolicy(outcome.value, incoming);
      const { trace: _some, ...traced } = evaluatePolicy(outcome.value, incoming, { trace: true });
      assert.deepEqual(traced, plain);
    }),
    { numRuns: 300 },
  );
});

/** Each condition selects by type, without trace at once; the trace holds each claim against each of many values. */
const expensive = compiled(
  'authorizationrules{',
  'b:[type=="a"] && [value!=b.value, type=="absent"] => permit();'.repeat(50),
  '[type=="absent"] => permit();',
  '};',
);
const many = Array.from({ length: 1500 }, (_, at) => claim('a', BigInt(at)));

test('gives the same verdict with a trace as without, also where the trace is full', () => {
  const { trace: _none, ...plain } = evaluatePolicy(expensive, many);
  const { trace, ...traced } = evaluatePolicy(expensive, many, { trace: true });
  assert.deepEqual(traced, plain);
  assert.equal(plain.decision, 'denied');
  assert.equal(trace.length, 51);
  assert.deepEqual(trace.at(-1), {
    section: 'authorizationrules',
    line: 4,
    column: 1,
    action: 'permit',
    effect: 'skipped',
    conditions: [
      { line: 4, column: 1, negated: false, holds: false, selected: 0, tests: [], claims: [], shortened: true },
    ],
    made: [],
  });
});

test('explains a refusal also where the trace is full', () => {
  const explanation = explainRefusal(expensive, many);
  assert.match(
    explanation?.message ?? '',
    /^No rule permitted\. The rule in line 3 asks for absent, .* And 48 more\.$/,
  );
  const full = compiled(
    'authorizationrules{',
    `${'b:[type=="a"] && [value!=b.value, type=="absent"] => add(type="x", value=1);'.repeat(50)}`,
    '[type=="late"] => permit();',
    '};',
  );
  assert.equal(
    explainRefusal(full, many)?.detail,
    'No rule permitted. The rule in line 4 needs a claim that is not there (line 4).',
  );
});

test('shows no more text than it may, and says where it leaves claims out', () => {
  const large = claim('a', 'x'.repeat(limits.valueLength));
  const policy = compiled(`authorizationrules{${'c:[type=="a"] => add(type="b", value=c.value);'.repeat(20)}};`);
  const trace = traceOf(policy, [large]);
  assert.equal(trace.length, 20);
  const shown = trace.flatMap(({ made, conditions }) => [...made, ...conditions.flatMap(({ claims }) => claims)]);
  assert.ok(shown.length > 0);
  assert.ok(shown.reduce((sum, { value }) => sum + String(value).length, 0) <= limits.traceLength);
  assert.equal(trace.at(-1)?.shortened, true);
});
