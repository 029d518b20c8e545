/** Each code is produced by one text, evaluation or set of claims, without other diagnostics. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type Claim,
  compilePolicy,
  evaluatePolicy,
  limits,
  type PolicyCode,
  parseClaims,
  policyCodes,
  type Severity,
} from './index.ts';

const produced = new Set<string>();

/** A policy whose authorization rules are the text, in line 1; `permit` makes it permit besides. */
const authorize = (rules: string, permit = '=> permit();'): string =>
  `version=1.2;authorizationrules{${rules}${permit}};`;
const issuing = (rules: string): string => `${authorize('')}issuancerules{${rules}};`;
const configuring = (rules: string): string =>
  `version=1.2;configurationrules{${rules}};authorizationrules{=> permit();};`;

interface Found {
  readonly severity: Severity;
  readonly code: PolicyCode;
  readonly text: string;
}

/** What is said of a text, each diagnostic with the part of the text that it points at. */
function diagnostics(policy: string): Found[] {
  const outcome = compilePolicy(policy, { attestationType: 'SgxEnclave' });
  const all = [...(outcome.ok ? [] : outcome.errors), ...outcome.warnings, ...outcome.notes];
  const lines = policy.split('\n');
  return all.map(({ severity, code, line, column, length }) => ({
    severity,
    code,
    text: lines
      .slice(line - 1)
      .join('\n')
      .slice(column - 1, column - 1 + length),
  }));
}

type TextCase = readonly [severity: Severity, code: PolicyCode, policy: string, at: string];

const texts: readonly TextCase[] = [
  ['error', 'unknown-character', authorize('[value==~1] => permit();'), '~'],
  ['error', 'typographic-quote', authorize('[type==“x”] => permit();'), '“x”'],
  ['error', 'foreign-syntax', authorize('[type=="a"] || [type=="b"] => permit();'), '||'],
  ['error', 'placeholder', authorize('[value==<product-id>] => permit();'), '<product-id>'],
  [
    'error',
    'unterminated-string',
    'version=1.0;authorizationrules{[type=="a] => permit();\n=> permit();};',
    '"a] => permit();',
  ],
  ['error', 'unterminated-comment', `${authorize('')}/* no end`, '/*'],
  ['error', 'malformed-integer', authorize('[value==12ab] => permit();'), '12ab'],
  ['error', 'malformed-integer', authorize('[value==1.5] => permit();'), '1.5'],
  ['error', 'integer-range', authorize('[value==9223372036854775808] => permit();'), '9223372036854775808'],
  ['warning', 'kept-backslash', authorize('[value=="C:\\temp"] => deny();'), '\\t'],
  ['note', 'commented-rule', authorize('/* c:[type=="a"] => deny() */'), '/* c:[type=="a"] => deny() */'],
  ['error', 'unexpected-token', authorize('[type "a"] => permit();'), '"a"'],
  ['error', 'missing-version', 'authorizationrules{=> permit();};', 'authorizationrules'],
  ['error', 'unknown-version', 'version=1.3;authorizationrules{=> permit();};', '1.3'],
  [
    'error',
    'needs-version',
    'version=1.0;configurationrules{};authorizationrules{=> permit();};',
    'configurationrules',
  ],
  ['error', 'needs-version', 'version=1.1;authorizationrules{![type=="a"] => permit();};', '!'],
  ['error', 'needs-version', 'version=1.1;authorizationrules{[value==NegateBool(true)] => permit();};', 'NegateBool'],
  ['error', 'unknown-section', `${authorize('')}issuancerule{};`, 'issuancerule'],
  ['error', 'duplicate-section', `${authorize('')}authorizationrules{};`, 'authorizationrules'],
  ['warning', 'section-order', 'version=1.0;issuancerules{};authorizationrules{=> permit();};', 'authorizationrules'],
  ['warning', 'missing-semicolon', 'version=1.0;authorizationrules{=> permit()};', '}'],
  ['warning', 'stray-semicolon', authorize(';'), ';'],
  ['error', 'unknown-property', authorize('[kind=="a"] => permit();'), 'kind'],
  ['error', 'unknown-function', authorize('[value==NegateBol(true)] => permit();'), 'NegateBol'],
  ['error', 'unknown-action', authorize('=> premit();'), 'premit'],
  ['error', 'action-section', issuing('=> permit();'), 'permit'],
  ['warning', 'issue-as-add', authorize('=> issue(type="a", value=1);'), 'issue'],
  ['warning', 'single-equals', authorize('[type="a"] => deny();'), '='],
  ['error', 'assignment-operator', authorize('=> add(type=="a", value=1);'), '=='],
  ['error', 'missing-assignment', authorize('=> add(type="a");'), ')'],
  ['error', 'duplicate-assignment', authorize('=> add(type="a", type="b", value=1);'), 'type'],
  ['error', 'claim-not-alone', authorize('c:[type=="a"] => add(claim=c, value=1);'), 'value'],
  ['error', 'unbound-identifier', authorize('c:[type=="a"] => add(type="b", value=c1.value);'), 'c1'],
  ['error', 'unbound-identifier', authorize('c:[value==c.value] => permit();'), 'c'],
  ['error', 'unbound-identifier', authorize('=> add(claim=c);'), 'c'],
  ['error', 'duplicate-identifier', authorize('c:[type=="a"] && c:[type=="b"] => permit();'), 'c'],
  ['error', 'negated-identifier', authorize('!c:[type=="a"] => permit();'), 'c'],
  ['error', 'argument-count', authorize('[value==ContainsOnlyValue(100)] => permit();'), 'ContainsOnlyValue'],
  ['error', 'literal-kind', authorize('[value==NegateBool("x")] => permit();'), '"x"'],
  ['error', 'literal-kind', authorize('[type==5] => permit();'), '5'],
  ['error', 'literal-kind', authorize('[type==""] => permit();'), '""'],
  ['error', 'literal-kind', authorize('[value<"b"] => permit();'), '"b"'],
  ['error', 'literal-kind', authorize('[type<"b"] => permit();'), 'type<"b"'],
  ['error', 'literal-kind', authorize('[valueType=="Float"] => permit();'), '"Float"'],
  ['error', 'literal-kind', authorize('=> add(type="", value=1);'), '""'],
  ['error', 'literal-kind', authorize('=> add(type="a", value=1, issuer="CustomClaim");'), '"CustomClaim"'],
  ['error', 'literal-kind', authorize('=> add(type="a", value=1, valueType="String");'), '"String"'],
  ['error', 'query-invalid', authorize('[value==JmesPath("{}", "a[")] => permit();'), '"a["'],
  ['error', 'reserved-claim', issuing('=> issue(type="ISS", value="me");'), '"ISS"'],
  ['error', 'property-value', configuring('=> issueproperty(type="x-ms-sgx-tcbidentifier", value=11);'), '11'],
  [
    'warning',
    'property-unknown',
    configuring('=> issueproperty(type="tcbidentifier", value="11");'),
    '"tcbidentifier"',
  ],
  [
    'warning',
    'property-other-type',
    configuring('=> issueproperty(type="required_pcr_mask", value=1);'),
    '"required_pcr_mask"',
  ],
  ['note', 'service-name-space', issuing('=> issue(type="x-ms-own", value=1);'), '"x-ms-own"'],
  ['warning', 'nothing-permits', 'version=1.0;', '1.0'],
  ['note', 'nothing-permits', 'version=1.0;authorizationrules{};', 'authorizationrules'],
  ['note', 'never-holds', authorize('[type=="a", value>5, value<=5] => deny();'), 'value<=5'],
  ['note', 'never-holds', authorize('[value==1, value!=1] => deny();'), 'value!=1'],
  ['note', 'never-holds', authorize('[issuer=="Somebody"] => deny();'), '"Somebody"'],
  ['note', 'never-holds', authorize('[value==1, valueType=="String"] => deny();'), 'valueType=="String"'],
  [
    'note',
    'unknown-service-claim',
    authorize('[type=="x-ms-sgx-mrsignr", value=="ab"] => deny();'),
    '"x-ms-sgx-mrsignr"',
  ],
  ['note', 'unknown-service-claim', authorize('[type=="$min-svn"] => deny();'), '"$min-svn"'],
  ['note', 'unknown-service-claim', authorize('[type=="tdx_mrtd"] => deny();'), '"tdx_mrtd"'],
  ['note', 'never-holds', authorize('[type=="x-ms-sgx-is-debuggable", value=="false"] => deny();'), '"false"'],
  ['note', 'always-holds', authorize('[type=="x-ms-sgx-is-debuggable", value!="true"] => deny();'), '"true"'],
  ['note', 'never-holds', authorize('[type=="$svn", value=="1"] => deny();'), '"1"'],
  ['note', 'never-holds', authorize('[type=="x-ms-sgx-mrsigner", value>=1] => deny();'), '1'],
  [
    'note',
    'filter-never-null',
    authorize('[value==JmesPath("[]", "[?a] | @ != `null`")] => deny();'),
    '"[?a] | @ != `null`"',
  ],
  ['error', 'limit-text', `${authorize('')}${' '.repeat(limits.textBytes)}`, ''],
  ['error', 'limit-rules', authorize('=> add(type="a", value=1);'.repeat(limits.rules)), '=> permit()'],
  [
    'error',
    'limit-conditions',
    authorize(
      `${Array.from({ length: limits.conditionsPerRule + 1 }, (_, at) => `[value==${at}]`).join('&&')} => deny();`,
    ),
    `[value==${limits.conditionsPerRule}]`,
  ],
  [
    'error',
    'limit-tests',
    authorize(`[${Array.from({ length: limits.testsPerCondition + 1 }, (_, at) => `value!=${at}`).join()}] => deny();`),
    `value!=${limits.testsPerCondition}`,
  ],
  [
    'error',
    'limit-call-depth',
    authorize(
      `[value==${'NegateBool('.repeat(limits.callDepth + 1)}true${')'.repeat(limits.callDepth + 1)}] => deny();`,
    ),
    'NegateBool',
  ],
  [
    'error',
    'limit-query',
    authorize(`[value==JmesPath("{}", "${'a'.repeat(limits.literalQueryLength + 1)}")] => deny();`),
    `"${'a'.repeat(limits.literalQueryLength + 1)}"`,
  ],
  [
    'error',
    'limit-query-depth',
    authorize(`[value==JmesPath("{}", "${'!'.repeat(limits.queryDepth + 1)}a")] => deny();`),
    `"${'!'.repeat(limits.queryDepth + 1)}a"`,
  ],
];

describe('a policy text', () => {
  for (const [severity, code, policy, at] of texts) {
    test(`gets the ${severity} ${code} at ${at.slice(0, 40) || 'its beginning'}: ${policy.slice(0, 70)}`, () => {
      const found = diagnostics(policy).filter((diagnostic) => diagnostic.severity === severity);
      assert.deepEqual(found, [{ severity, code, text: at }]);
      produced.add(code);
    });
  }

  test('gets the note dead-rule for each rule behind an unconditional deny, and nothing-permits', () => {
    const policy = authorize('=> deny(); [type=="a"] => permit();');
    assert.deepEqual(
      diagnostics(policy).map(({ code, text }) => [code, text]),
      [
        ['nothing-permits', 'authorizationrules'],
        ['dead-rule', '[type=="a"] => permit()'],
        ['dead-rule', '=> permit()'],
      ],
    );
    produced.add('dead-rule');
  });

  test('shows all its problems at once, in the order of the text', () => {
    const policy =
      'version=1.0;\nauthorizationrules{\n[type==5] => premit();\n[value==<x>] => permit();\n=> add(claim=d);\n};';
    const outcome = compilePolicy(policy);
    assert.ok(!outcome.ok);
    assert.deepEqual(
      outcome.errors.map(({ line, code }) => [line, code]),
      [
        [3, 'unknown-action'],
        [4, 'placeholder'],
        [5, 'unbound-identifier'],
      ],
    );
  });

  test('gets no diagnostic for claims of the service that it tests as they are, or that it makes itself', () => {
    for (const rules of [
      '[type=="x-ms-sgx-is-debuggable", value==false] => deny();',
      '[type=="x-ms-sgx-svn", value>=2] && [type=="x-ms-sgx-mrsigner", value!="ab"] => deny();',
      '[type=="my-mrsignr", value=="ab"] => deny();',
      '=> add(type="x-ms-sgx-own", value="ab"); [type=="x-ms-sgx-own", value=="ab"] => deny();',
      '[type=="x-ms-sgx-own", issuer=="AttestationPolicy"] => deny();',
    ]) {
      assert.deepEqual(diagnostics(authorize(rules)), [], rules);
    }
  });

  test('of no known attestation type may ask for the claims of all', () => {
    const policy = authorize(
      '[type=="tdx_mrtd"] => deny(); [type=="x-ms-sgx-svn"] => deny(); [type=="tdx_mrtb"] => deny();',
    );
    const { notes } = compilePolicy(policy);
    assert.deepEqual(
      notes.map(({ code, hint }) => [code, hint]),
      [['unknown-service-claim', 'Did you mean tdx_mrtd?']],
    );
  });

  test('that is none gets one error, whatever it is', () => {
    const base64 = 'MIIB+/'.repeat(200);
    for (const text of [
      `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
      '\u007fELF\u0002\u0001\0\0\ufffd\ufffd version \ufffd{\u0003"\n~~'.repeat(20),
      '#!/bin/sh\necho "$1" | tr a b # comment\n',
      base64,
    ]) {
      const outcome = compilePolicy(text);
      assert.ok(!outcome.ok);
      const all = [...outcome.errors, ...outcome.warnings, ...outcome.notes];
      assert.deepEqual(
        all.map(({ code, line, column }) => [code, line, column]),
        [['missing-version', 1, 1]],
      );
    }
  });

  test('is read no further where it has too many errors', () => {
    const outcome = compilePolicy(authorize('~'.repeat(limits.diagnostics + 50)));
    assert.equal(outcome.ok ? undefined : outcome.errors.at(-1)?.code, 'limit-errors');
    produced.add('limit-errors');
  });

  test('is refused for its warnings in strict mode', () => {
    const policy = authorize('[type="a"] => deny();');
    assert.ok(compilePolicy(policy).ok);
    const strict = compilePolicy(policy, { strict: true });
    assert.deepEqual(strict.ok ? [] : strict.errors.map(({ code }) => code), ['single-equals']);
  });
});

const claim = (type: string, value: Claim['value'], issuer: Claim['issuer'] = 'AttestationService'): Claim => ({
  type,
  value,
  issuer,
});
const two = [claim('a', 1n), claim('a', 2n)];
const large = 'x'.repeat(limits.valueLength);

const evaluations: readonly (readonly [code: PolicyCode, policy: string, claims?: readonly Claim[]])[] = [
  ['not-one-value', authorize('[value==AppendString("a", 1)] => deny();').replace('1)', 'JsonToClaimValue("1"))')],
  ['not-one-value', authorize('c:[type=="a"] && [value==NegateBool(c.value)] => deny();'), two],
  ['not-one-value', authorize('[value==JmesPath("", "a")] => deny();')],
  [
    'two-sets',
    authorize('c:[type=="a"] && d:[type=="b"] => add(type=c.type, value=d.value, issuer="AttestationPolicy");').replace(
      'type=c.type',
      'type=JsonToClaimValue("[\\"x\\",\\"y\\"]")',
    ),
    [claim('a', 1n), claim('b', 1n), claim('b', 2n)],
  ],
  ['made-type', authorize('c:[type=="a"] => add(type=c.value, value=1);'), [claim('a', 1n)]],
  [
    'made-value-type',
    authorize('c:[type=="a"] => add(type="b", value=c.value, valueType=c.valueType);').replace(
      'c.valueType',
      'AppendString("Str", "ing")',
    ),
    [claim('a', 1n)],
  ],
  ['made-issuer', authorize('c:[type=="a"] => add(type="b", value=1, issuer=c.issuer);'), [claim('a', 1n)]],
  ['read-only-issued', issuing('c:[type=="pcrs"] => issue(claim=c);'), [claim('pcrs', 'x')]],
  ['reserved-claim', issuing('c:[type=="a"] => issue(type=c.value, value=1);'), [claim('a', 'sub')]],
  ['contradicts-service', issuing('=> issue(type="x-ms-svn", value=2);'), [claim('x-ms-svn', 1n)]],
  ['property-conflict', configuring('=> issueproperty(type="p", value=1); => issueproperty(type="p", value=2);')],
  [
    'property-value',
    configuring('c:[type=="a"] => issueproperty(type="required_pcr_mask", value=c.value);'),
    [claim('a', -1n)],
  ],
  ['json-invalid', authorize('[value==JsonToClaimValue("abc")] => deny();')],
  [
    'json-depth',
    authorize('c:[type=="a"] && [value==JsonToClaimValue(c.value)] => deny();'),
    [claim('a', `${'['.repeat(limits.jsonDepth + 1)}`)],
  ],
  ['json-number-range', authorize('[value==JmesPath("1e400", "@")] => deny();')],
  ['json-no-claim', authorize('[value==JsonToClaimValue("{}")] => deny();')],
  ['query-failed', authorize('[value==JmesPath("{}", "length(@.a)")] => deny();')],
  ['query-invalid', authorize('c:[type=="a"] && [value==JmesPath("{}", c.value)] => deny();'), [claim('a', 'b[')]],
  ['invalid-claim', authorize(''), [claim('', 1n)]],
  ['invalid-claim', authorize(''), [claim('a', 2n ** 63n)]],
  ['limit-claims', authorize(''), Array.from({ length: limits.claims + 1 }, () => claim('a', 1n))],
  ['limit-value', authorize(''), [claim('a', `${large}x`)]],
  ['limit-value', authorize('c:[type=="a"] => add(type="b", value=AppendString(c.value, "x"));'), [claim('a', large)]],
  ['limit-outgoing', issuing('c:[type=="a"] => issue(type="b", value=c.value);'), [claim('a', large)]],
  [
    'limit-made',
    authorize('c:[type=="a"] => add(type="b", value=AppendString(c.value, ""));'.repeat(33)),
    [claim('a', large)],
  ],
  [
    'limit-query',
    authorize('c:[type=="a"] && [value==JmesPath("{}", c.value)] => deny();'),
    [claim('a', 'a'.repeat(limits.computedQueryLength + 1))],
  ],
  [
    'limit-work',
    authorize('[value==-1, value!=2] => deny();'.repeat(900)),
    Array.from({ length: 5000 }, (_, at) => claim('z', BigInt(at))),
  ],
  [
    'limit-memory',
    authorize('d:[type=="d"] && [value==JmesPath(d.value, "@")] => deny();'),
    [claim('d', `[${'{},'.repeat(300_000)}{}]`)],
  ],
];

describe('an evaluation', () => {
  for (const [code, policy, claims = []] of evaluations) {
    test(`fails with ${code}: ${policy.slice(30, 110)}`, () => {
      const compiled = compilePolicy(policy);
      assert.ok(compiled.ok);
      const verdict = evaluatePolicy(compiled.value, claims);
      assert.ok(verdict.decision === 'failed');
      assert.equal(verdict.refusal.code, code);
      produced.add(code);
    });
  }

  test('names the rule that failed', () => {
    const compiled = compilePolicy(
      'version=1.2;\nauthorizationrules{\n  [value==JsonToClaimValue("abc")] => deny();\n};',
    );
    assert.ok(compiled.ok);
    const verdict = evaluatePolicy(compiled.value, []);
    assert.deepEqual(verdict, {
      decision: 'failed',
      outgoing: [],
      properties: new Map(),
      configuration: new Map(),
      warnings: [],
      refusal: {
        code: 'json-invalid',
        where: 'line 3, column 3',
        why: 'the text is not JSON: see character 1',
      },
      trace: [],
      spent: { work: 2, madeLength: 0, cells: 0 },
    });
  });
});

describe('claims as JSON', () => {
  const texts: readonly (readonly [code: PolicyCode, text: string])[] = [
    ['json-invalid', '[{]'],
    ['invalid-claim', '{}'],
    ['invalid-claim', '[1]'],
    ['invalid-claim', '[{"type":"","value":1}]'],
    ['invalid-claim', '[{"type":"a","value":1.5}]'],
    ['invalid-claim', '[{"type":"a","value":null}]'],
    ['invalid-claim', '[{"type":"a","value":9223372036854775808}]'],
    ['invalid-claim', '[{"type":"a","value":"1.5","valueType":"Integer"}]'],
    ['invalid-claim', '[{"type":"a","value":"yes","valueType":"Boolean"}]'],
    ['invalid-claim', '[{"type":"a","value":1,"valueType":"String"}]'],
    ['invalid-claim', '[{"type":"a","value":1,"issuer":"Nobody"}]'],
  ];
  for (const [code, text] of texts) {
    test(`are refused with ${code}: ${text}`, () => {
      const outcome = parseClaims(text);
      assert.equal(outcome.ok ? undefined : outcome.refusal.code, code);
    });
  }

  test('are read exactly, converted by their valueType, and the client’s where no issuer stands', () => {
    const text =
      '[{"type":"a","value":9223372036854775807},{"type":"b","value":"-9223372036854775808","valueType":"Integer"},' +
      '{"type":"c","value":"true","valueType":"Boolean","issuer":"AttestationService"},{"type":"d","value":"true"}]';
    assert.deepEqual(parseClaims(text), {
      ok: true,
      value: [
        claim('a', 9223372036854775807n, 'CustomClaim'),
        claim('b', -9223372036854775808n, 'CustomClaim'),
        claim('c', true, 'AttestationService'),
        claim('d', 'true', 'CustomClaim'),
      ],
    });
  });
});

test('every code of the table is produced by a test above', () => {
  assert.deepEqual(
    Object.keys(policyCodes).filter((code) => !produced.has(code)),
    [],
  );
});
