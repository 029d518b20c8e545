/** Explanations of refusals: with values for readers of the policy, without values for everybody else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, compilePolicy, evaluatePolicy, explainRefusal, explainVerdict } from '../index.ts';

const claims: readonly Claim[] = [
  { type: 'x-ms-sgx-is-debuggable', value: true, issuer: 'AttestationService' },
  { type: 'x-ms-sgx-svn', value: 3n, issuer: 'AttestationService' },
];

/** Explains what a policy with these authorization rules, the first in line 2, refuses. */
function explain(...rules: string[]): ReturnType<typeof explainRefusal> {
  const compiled = compilePolicy(['version=1.2;authorizationrules{', ...rules, '};'].join('\n'));
  assert.ok(compiled.ok);
  return explainRefusal(compiled.value, claims);
}

const sentences = (...rules: string[]): (string | undefined)[] => {
  const explanation = explain(...rules);
  return [explanation?.kind, explanation?.message, explanation?.detail];
};

test('names the first test that failed, and shows wanted and actual value to readers alone', () => {
  assert.deepEqual(
    sentences('[type=="x-ms-sgx-svn", value>=2] && [type=="x-ms-sgx-is-debuggable",\nvalue==false] => permit();'),
    [
      'nothing-permitted',
      'No rule permitted. The rule in line 2 asks for x-ms-sgx-is-debuggable with another value (line 3).',
      'No rule permitted. The rule in line 2 needs x-ms-sgx-is-debuggable with value == false, and it is true.',
    ],
  );
});

test('says when there is no claim of the type', () => {
  assert.deepEqual(sentences('[type=="signer"] => permit();'), [
    'nothing-permitted',
    'No rule permitted. The rule in line 2 asks for signer, and there is no such claim (line 2).',
    'No rule permitted. The rule in line 2 needs a claim of type "signer", and there is none.',
  ]);
});

test('says which claim a negated condition found', () => {
  assert.deepEqual(sentences('![type=="x-ms-sgx-svn"] => permit();'), [
    'nothing-permitted',
    'No rule permitted. The rule in line 2 asks that there is no such claim as x-ms-sgx-svn (line 2).',
    'No rule permitted. The rule in line 2 needs that no claim matches its condition in line 2, and x-ms-sgx-svn is 3.',
  ]);
});

test('names every rule that could permit, three at most', () => {
  const rule = (type: string): string => `[type=="${type}"] => permit();`;
  const explanation = explain(rule('a'), rule('b'), rule('c'), rule('d'));
  assert.ok(explanation?.kind === 'nothing-permitted');
  assert.deepEqual(
    explanation.rules.map(({ line, claimType }) => [line, claimType]),
    [
      [2, 'a'],
      [3, 'b'],
      [4, 'c'],
      [5, 'd'],
    ],
  );
  assert.ok(explanation.message.endsWith('(line 4). And 1 more.'));
});

test('follows a claim that is missing to the rule that would have made it', () => {
  const rules = [
    'c:[type=="x-ms-sgx-svn", value>=4] => add(type="new", value=c.value);',
    'c:[type=="new"] => add(type="good", value=true);',
    '[type=="good", value==true] => permit();',
  ];
  assert.deepEqual(sentences(...rules), [
    'nothing-permitted',
    'No rule permitted. The rule in line 4 asks for good, and there is no such claim (line 4). ' +
      'The rule in line 3 would make one; it asks for new, and there is no such claim (line 3). ' +
      'The rule in line 2 would make one; it asks for x-ms-sgx-svn with another value (line 2).',
    'No rule permitted. The rule in line 4 needs a claim of type "good", and there is none. ' +
      'The rule in line 3 would make one; it needs a claim of type "new", and there is none. ' +
      'The rule in line 2 would make one; it needs x-ms-sgx-svn with value >= 4, and it is 3.',
  ]);
});

test('follows to rules that stand before, not to those behind', () => {
  const behind = ['[type=="good"] => permit();', '[type=="none"] => add(type="good", value=true);'];
  assert.equal(
    explain(...behind)?.message,
    'No rule permitted. The rule in line 2 asks for good, and there is no such claim (line 2).',
  );
});

test('follows a long line of rules only so far', () => {
  const line = Array.from({ length: 20 }, (_, at) => `[type=="t${at}"] => add(type="t${at + 1}", value=1);`);
  const explanation = explain(...line, '[type=="t20"] => permit();');
  assert.equal(explanation?.message.match(/would make one/g)?.length, 4);
});

test('names the rule that denied, and the claims for which it did', () => {
  assert.deepEqual(sentences('=> permit();', 'c:[type=="x-ms-sgx-is-debuggable", value==true] => deny();'), [
    'denied',
    'The rule in line 3 denied.',
    'The rule in line 3 denied. It holds since x-ms-sgx-is-debuggable is true.',
  ]);
  assert.deepEqual(sentences('=> deny();').slice(1), [
    'The rule in line 2 denied.',
    'The rule in line 2 denied. It has no condition.',
  ]);
});

test('says that there is no rule that permits', () => {
  assert.deepEqual(sentences('=> add(type="a", value=1);').slice(1), [
    'The policy has no rule that permits.',
    'The policy has no rule that permits.',
  ]);
});

test('names the place of an evaluation error, and its reason to readers alone', () => {
  assert.deepEqual(sentences('c:[type=="x-ms-sgx-svn"] && [value==NegateBool(c.value)] => permit();'), [
    'failed',
    'The policy could not be evaluated (not-one-value, line 2, column 1).',
    'The policy could not be evaluated: line 2, column 1: NegateBool needs one Boolean, not an Integer.',
  ]);
});

test('has nothing to say of what was permitted', () => {
  assert.equal(explain('=> permit();'), undefined);
});

test('the trace tells of each rule which conditions were tested against which claims, and what was made', () => {
  const compiled = compilePolicy(
    'version=1.2;authorizationrules{\nc:[type=="x-ms-sgx-svn", value>=2] => add(type="old", value=false);\n[type=="none"] => deny();\n=> permit();\n};',
  );
  assert.ok(compiled.ok);
  const verdict = evaluatePolicy(compiled.value, claims, { trace: true });
  const svn = claims[1];
  assert.deepEqual(verdict.trace, [
    {
      section: 'authorizationrules',
      line: 2,
      column: 1,
      action: 'add',
      effect: 'made',
      conditions: [
        {
          line: 2,
          column: 1,
          identifier: 'c',
          negated: false,
          holds: true,
          tests: [
            {
              line: 2,
              column: 4,
              property: 'type',
              operator: '==',
              wanted: ['x-ms-sgx-svn'],
              actual: ['x-ms-sgx-is-debuggable', 'x-ms-sgx-svn'],
              reached: 2,
              passed: 1,
            },
            {
              line: 2,
              column: 26,
              property: 'value',
              operator: '>=',
              wanted: [2n],
              actual: [3n],
              reached: 1,
              passed: 1,
            },
          ],
          selected: 1,
          claims: [svn],
        },
      ],
      made: [{ type: 'old', value: false, issuer: 'AttestationPolicy' }],
    },
    {
      section: 'authorizationrules',
      line: 3,
      column: 1,
      action: 'deny',
      effect: 'skipped',
      conditions: [
        {
          line: 3,
          column: 1,
          negated: false,
          holds: false,
          tests: [
            {
              line: 3,
              column: 2,
              property: 'type',
              operator: '==',
              wanted: ['none'],
              actual: ['x-ms-sgx-is-debuggable', 'x-ms-sgx-svn', 'old'],
              reached: 3,
              passed: 0,
            },
          ],
          selected: 0,
          claims: [],
        },
      ],
      made: [],
    },
    {
      section: 'authorizationrules',
      line: 4,
      column: 1,
      action: 'permit',
      effect: 'permitted',
      conditions: [],
      made: [],
    },
  ]);
});

test('a policy evaluates alike with and without a trace', () => {
  const compiled = compilePolicy(
    'version=1.2;authorizationrules{c:[type=="x-ms-sgx-svn"] => permit();};issuancerules{c:[type=="x-ms-sgx-svn"] => issue(type="svn", value=c.value);};',
  );
  assert.ok(compiled.ok);
  const without = evaluatePolicy(compiled.value, claims);
  const traced = evaluatePolicy(compiled.value, claims, { trace: true });
  assert.deepEqual({ ...traced, trace: [] }, without);
});

test('an explanation takes no more than the evaluation left of its budget', () => {
  const policyOf = (rules: number) => {
    const outcome = compilePolicy(`version=1.2;authorizationrules{${'[value==1] => permit();'.repeat(rules)}};`);
    assert.ok(outcome.ok);
    return outcome.value;
  };
  const claims = Array.from({ length: 5000 }, (): Claim => ({ type: 'a', value: 2n, issuer: 'CustomClaim' }));
  const explained = (rules: number) => {
    const policy = policyOf(rules);
    const verdict = evaluatePolicy(policy, claims);
    return [verdict.spent.work, verdict.decision === 'permitted', explainVerdict(policy, claims, verdict)?.kind];
  };
  assert.deepEqual(
    [explained(100), explained(251)],
    [
      [1_000_000, false, 'nothing-permitted'],
      [2_510_000, false, 'unexplained'],
    ],
  );
});

test('a verdict that failed is explained without a second evaluation', () => {
  const outcome = compilePolicy(
    'version=1.2;authorizationrules{[value==NegateBool(AppendString("a","b"))] => deny();};',
  );
  assert.ok(outcome.ok);
  const verdict = evaluatePolicy(outcome.value, []);
  assert.equal(explainVerdict(outcome.value, [], verdict, { work: 0 })?.kind, 'failed');
  assert.equal(verdict.decision === 'failed' ? verdict.refusal.code : undefined, 'not-one-value');
});
