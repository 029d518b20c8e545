/** The report that `policy eval --json` prints and `:explain` returns, and the public names of the package. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as policy from './index.ts';

const { evaluationReport, parseClaims, reportJson } = policy;

function json(text: string, claims = '[]'): unknown {
  const incoming = parseClaims(claims);
  assert.ok(incoming.ok);
  return JSON.parse(reportJson(evaluationReport(text, incoming.value)));
}

const nothing = { authorized: false, outgoing: {}, properties: {}, configuration: {}, trace: [] };

test('reports what a policy issued, one value plain and several as a list', () => {
  const text =
    'version=1.1;configurationrules{=> issueproperty(type="required_pcr_mask", value=1);};authorizationrules{=> permit();};' +
    'issuancerules{c:[type=="a"] => issue(type="z", value=c.value); => issue(type="y", value="x"); => issueproperty(type="omit_x5c", value=true);};';
  const { trace, ...report } = evaluationReport(text, [
    { type: 'a', value: 1n, issuer: 'CustomClaim' },
    { type: 'a', value: true, issuer: 'CustomClaim' },
  ]);
  assert.deepEqual(report, {
    parse: 'ok',
    errors: [],
    warnings: [],
    notes: [],
    evaluation: 'ok',
    authorized: true,
    outgoing: { z: [1n, true], y: 'x' },
    properties: { omit_x5c: true },
    configuration: { required_pcr_mask: 1n },
  });
  assert.deepEqual(
    trace.map(({ section, effect }) => [section, effect]),
    [
      ['configurationrules', 'made'],
      ['authorizationrules', 'permitted'],
      ['issuancerules', 'made'],
      ['issuancerules', 'made'],
      ['issuancerules', 'made'],
    ],
  );
});

test('reports the errors of a text', () => {
  assert.deepEqual(json('version=1.0;\nauthorizationrules{[type="a"] => premit();}'), {
    parse: 'error',
    errors: [
      {
        code: 'unknown-action',
        line: 2,
        column: 34,
        length: 6,
        message: 'There is no action premit.',
        hint: 'Did you mean permit?',
      },
    ],
    warnings: [
      {
        code: 'single-equals',
        line: 2,
        column: 25,
        length: 1,
        message: 'A single = stands in a test; it is read as ==.',
        hint: 'Write ==.',
      },
      {
        code: 'missing-semicolon',
        line: 2,
        column: 44,
        length: 0,
        message: 'The section authorizationrules has no semicolon at its end.',
        hint: 'Write ; after its closing brace.',
      },
    ],
    notes: [],
    evaluation: 'error',
    ...nothing,
  });
});

test('reports an evaluation that failed, where and why, and nothing of what it had issued', () => {
  const text =
    'version=1.2;authorizationrules{=> permit();};issuancerules{=> issue(type="a", value=1);\n=> issue(type="b", value=JsonToClaimValue("x"));};';
  const { trace, ...report } = evaluationReport(text, []);
  const refusal = { code: 'json-invalid', where: 'line 2, column 1', why: 'the text is not JSON: see character 1' };
  assert.deepEqual(report, {
    parse: 'ok',
    errors: [],
    warnings: [],
    notes: [],
    evaluation: 'error',
    refusal,
    authorized: false,
    outgoing: {},
    properties: {},
    configuration: {},
    explanation: {
      kind: 'failed',
      refusal,
      message: 'The policy could not be evaluated (json-invalid, line 2, column 1).',
      detail: 'The policy could not be evaluated: line 2, column 1: the text is not JSON: see character 1.',
    },
  });
  assert.equal(trace.at(-1)?.effect, 'failed');
});

test('reports a computed property without effect among the warnings, at its rule', () => {
  const text =
    'version=1.0;authorizationrules{=> permit();};issuancerules{\nc:[type=="n"] => issueproperty(type=c.value, value=1);};';
  const { warnings } = evaluationReport(text, [{ type: 'n', value: 'mine', issuer: 'CustomClaim' }]);
  assert.deepEqual(warnings, [
    {
      code: 'property-unknown',
      line: 2,
      column: 1,
      length: 53,
      message: 'The service knows no property mine: it has no effect.',
    },
  ]);
});

test('integers keep all their digits, in and out', () => {
  const text =
    'version=1.0;authorizationrules{=> permit();};issuancerules{c:[type=="n"] => issue(type="m", value=c.value);};';
  const claims = parseClaims('[{"type":"n","value":9223372036854775807},{"type":"n","value":-9223372036854775808}]');
  assert.ok(claims.ok);
  const printed = reportJson(evaluationReport(text, claims.value).outgoing);
  assert.equal(printed.replaceAll(/\s/g, ''), '{"m":[9223372036854775807,-9223372036854775808]}');
});

test('a claim type like a name of JavaScript’s own is a claim as any other', () => {
  const text =
    'version=1.0;authorizationrules{=> permit();};issuancerules{=> issue(type="__proto__", value=1); => issue(type="constructor", value=2);};';
  assert.deepEqual(
    JSON.stringify(JSON.parse(reportJson(evaluationReport(text, []).outgoing))),
    '{"__proto__":1,"constructor":2}',
  );
});

test('the package exports these names', () => {
  assert.deepEqual(Object.keys(policy).sort(), [
    'ConfigurationError',
    'attestationTypes',
    'checkPolicyCases',
    'claimIssuers',
    'claimValueTypes',
    'claimsByStage',
    'claimsOfMembers',
    'compilePolicy',
    'configure',
    'decisiveClaims',
    'defaultPolicies',
    'evaluatePolicy',
    'evaluationReport',
    'explainRefusal',
    'explainVerdict',
    'formatPolicy',
    'isAttestationType',
    'issuedValue',
    'limits',
    'parseClaims',
    'policyCodes',
    'policyHash',
    'policyTokenHash',
    'reportJson',
    'shownValue',
    'testPolicy',
    'unwrap',
    'valueTypeOf',
  ]);
});
