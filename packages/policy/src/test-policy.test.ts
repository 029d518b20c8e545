/** Cases say what a policy is to make of claims; each difference is told. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ConfigurationError, type PolicyCase, testPolicy } from './index.ts';

const text = `version=1.2;
configurationrules { [type=="x-ms-attestation-type", value=="sgx"] => issueproperty(type="x-ms-sgx-tcbidentifier", value="17"); };
authorizationrules {
  [type=="debug", value==true] => deny();
  [type=="svn", value>=3] => permit();
};
issuancerules {
  c:[type=="svn"] => issue(type="level", value=c.value);
  c:[type=="role"] => issue(type="role", value=c.value);
  [type=="broken"] => issue(type="broken", value=JsonToClaimValue("{"));
};`;

function differencesOf(one: Omit<PolicyCase, 'name'>): readonly string[] {
  const { passed, errors, results } = testPolicy(text, [{ name: 'one', ...one }], { attestationType: 'SgxEnclave' });
  const [result = assert.fail()] = results;
  assert.deepEqual(
    [errors, result.passed, passed],
    [[], result.differences.length === 0, result.differences.length === 0],
  );
  return result.differences;
}

describe('a case passes', () => {
  test('when the decision is the expected one, and everything else that is named is exactly so', () => {
    const cases: Omit<PolicyCase, 'name'>[] = [
      { claims: { svn: 3 }, expect: 'permitted' },
      { claims: { svn: 2 }, expect: 'denied' },
      { claims: { svn: 3, debug: true }, expect: { decision: 'denied', outgoing: {} } },
      { claims: { svn: 3, broken: 1 }, expect: { decision: 'failed', code: 'json-invalid' } },
      { claims: { svn: 2n ** 60n }, expect: { decision: 'permitted', outgoing: { level: 2n ** 60n } } },
      {
        claims: { svn: 3, role: ['a', 'b'] },
        expect: { decision: 'permitted', outgoing: { role: ['a', 'b'], level: 3 } },
      },
      {
        claims: [{ type: 'svn', value: 3n, issuer: 'CustomClaim' }],
        expect: { decision: 'permitted', properties: {} },
      },
      {
        claims: { 'x-ms-attestation-type': 'sgx', svn: 3 },
        expect: { decision: 'permitted', configuration: { 'x-ms-sgx-tcbidentifier': '17' } },
      },
    ];
    for (const one of cases) assert.deepEqual(differencesOf(one), []);
  });
});

describe('a case fails, and says why', () => {
  for (const [what, one, expected] of [
    [
      'when it is denied',
      { claims: { svn: 2 }, expect: 'permitted' },
      ['It is denied, not permitted: No rule permitted. The rule in line 5 needs svn with value >= 3, and it is 2.'],
    ],
    ['when it is permitted', { claims: { svn: 3 }, expect: 'denied' }, ['It is permitted, not denied.']],
    [
      'when another code was expected',
      { claims: { svn: 3, broken: 1 }, expect: { decision: 'failed', code: 'not-one-value' } },
      ['It fails with json-invalid, not not-one-value.'],
    ],
    [
      'when claims differ, are missing, or are too many',
      { claims: { svn: 3, role: 'a' }, expect: { decision: 'permitted', outgoing: { level: '3', more: true } } },
      ['outgoing: level is 3, not "3".', 'outgoing: more is absent, not true.', 'outgoing: role is "a", not absent.'],
    ],
    [
      'when configuration or properties differ',
      { claims: { svn: 3 }, expect: { decision: 'permitted', configuration: { a: 1 }, properties: { b: 2 } } },
      ['properties: b is absent, not 2.', 'configuration: a is absent, not 1.'],
    ],
  ] as const) {
    test(what, () => assert.deepEqual(differencesOf(one), expected));
  }

  test('and so the whole fails, though others pass', () => {
    const { passed, results } = testPolicy(text, [
      { name: 'a', claims: { svn: 3 }, expect: 'permitted' },
      { name: 'b', claims: { svn: 3 }, expect: 'denied' },
    ]);
    assert.deepEqual(
      [passed, results.map((result) => [result.name, result.passed])],
      [
        false,
        [
          ['a', true],
          ['b', false],
        ],
      ],
    );
  });
});

test('a policy with errors fails without a case being run', () => {
  const report = testPolicy('version=1.0; authorizationrules', [{ name: 'a', claims: {}, expect: 'denied' }]);
  assert.deepEqual([report.passed, report.errors.length > 0, report.results], [false, true, []]);
});

test('misuse throws', () => {
  const good: PolicyCase = { name: 'a', claims: {}, expect: 'denied' };
  const cases: readonly (readonly [string, unknown, object?])[] = [
    ['option-invalid cases', []],
    ['option-invalid cases', good],
    ['option-invalid cases[1].name', [good, good]],
    ['option-missing cases[0].name', [{ ...good, name: undefined }]],
    ['option-unknown cases[0].expected', [{ ...good, expected: 'denied' }]],
    ['option-missing cases[0].claims', [{ ...good, claims: undefined }]],
    ['option-missing cases[0].expect', [{ ...good, expect: undefined }]],
    ['option-invalid cases[0].expect', [{ ...good, expect: 'allowed' }]],
    ['option-invalid cases[0].expect.decision', [{ ...good, expect: {} }]],
    ['option-unknown cases[0].expect.issued', [{ ...good, expect: { decision: 'denied', issued: {} } }]],
    ['option-invalid cases[0].expect.outgoing', [{ ...good, expect: { decision: 'permitted', outgoing: [] } }]],
    ['option-invalid cases[0].expect.code', [{ ...good, expect: { decision: 'failed', code: 1 } }]],
    ['option-invalid options.attestationType', [good], { attestationType: 'sgx' }],
    ['option-unknown options.type', [good], { type: 'SgxEnclave' }],
  ];
  for (const [expected, given, options] of cases) {
    try {
      // What a caller without types can pass.
      testPolicy(text, given as readonly PolicyCase[], options);
      assert.fail(expected);
    } catch (error) {
      assert.ok(error instanceof ConfigurationError, String(error));
      assert.equal(`${error.code} ${error.option}`, expected);
    }
  }
});
