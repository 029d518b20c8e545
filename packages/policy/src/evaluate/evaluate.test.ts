/** Sections, rules, conditions, tests and actions (policy language, sections 3 to 5, 8 to 10). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Claim, type CompiledPolicy, compilePolicy, configure, evaluatePolicy, policyHash } from '../index.ts';
import { authorized, claim, issued, outcome } from './__fixtures__/outcome.ts';

const abc = [claim('a', 1n), claim('b', 'x'), claim('c', true)];
const several = [claim('a', 1n), claim('a', 2n), claim('a', 1n)];

describe('authorization', () => {
  const cases: readonly (readonly [name: string, rules: string, expected: string])[] = [
    ['permits without condition', '=> permit();', 'permitted'],
    ['refuses where nothing permits', '[type=="z"] => permit();', 'refused'],
    ['refuses without rules', '', 'refused'],
    ['refuses when a deny follows the permit', '=> permit(); => deny();', 'refused'],
    ['refuses when a deny stands before the permit', '[type=="a"] => deny(); => permit();', 'refused'],
    ['passes a deny whose condition does not hold', '[type=="z"] => deny(); => permit();', 'permitted'],
    [
      'runs rules after a permit, which may fail',
      '=> permit(); [value==JsonToClaimValue("x")] => deny();',
      'json-invalid',
    ],
    ['runs nothing after a deny', '=> deny(); [value==JsonToClaimValue("x")] => deny();', 'refused'],
    ['needs every condition', '[type=="a"] && [type=="z"] => permit();', 'refused'],
    [
      'stops at the first condition that does not hold',
      '[type=="z"] && [value==JsonToClaimValue("x")] => permit();',
      'refused',
    ],
    [
      'evaluates right-hand sides though no claim is tried',
      '[type=="z", value==JsonToClaimValue("x")] => permit();',
      'json-invalid',
    ],
    ['needs every test on one claim', '[type=="a", value=="x"] => permit();', 'refused'],
    ['matches any claim without tests', '[] => permit();', 'permitted'],
    ['negates', '![type=="z"] => permit();', 'permitted'],
    ['negates a condition that holds', '![type=="a"] => permit();', 'refused'],
    [
      'sees claims that rules before added',
      '=> add(type="n", value=1); [type=="n", issuer=="AttestationPolicy"] => permit();',
      'permitted',
    ],
    ['does not see claims that rules behind add', '[type=="n"] => permit(); => add(type="n", value=1);', 'refused'],
    ['keeps what issue says, as add', '=> issue(type="n", value=1); [type=="n"] => permit();', 'permitted'],
    ['compares types exactly', '[type=="A"] => permit();', 'refused'],
    ['compares integers', '[type=="a", value>0, value>=1, value<2, value<=1] => permit();', 'permitted'],
    [
      'gives no order to what is no integer',
      '[type=="b", value>0] => permit(); [type=="c", value<2] => permit();',
      'refused',
    ],
    ['takes > for more, not for equal', '[type=="a", value>1] => permit();', 'refused'],
    ['takes < for less, not for equal', '[type=="a", value<1] => permit();', 'refused'],
    ['needs the tests before that of the type too', '[value==2, type=="a"] => permit();', 'refused'],
    ['holds values of different kinds for unequal', '[type=="a", value=="1"] => permit();', 'refused'],
    ['lets != hold for values of different kinds', '[type=="a", value!="1"] => permit();', 'permitted'],
    ['tests valueType', '[type=="a", valueType=="Integer"] => permit();', 'permitted'],
    ['joins by value', 'a:[type=="a"] && [type!="a", value==a.value] => permit();', 'refused'],
  ];
  for (const [name, rules, expected] of cases) test(name, () => assert.equal(authorized(rules, abc), expected));

  test('distinguishes the client’s claims from those of the service', () => {
    const rules = '[type=="a", issuer=="AttestationService"] => permit();';
    assert.equal(authorized(rules, [claim('a', 1n, 'CustomClaim')]), 'refused');
    assert.equal(authorized(rules, [claim('a', 1n)]), 'permitted');
  });

  test('holds a test against several values if it holds for one, also !=', () => {
    const claims = [...several, claim('b', 2n)];
    assert.equal(authorized('a:[type=="a"] && [type=="b", value==a.value] => permit();', claims), 'permitted');
    assert.equal(authorized('a:[type=="a"] && [type=="b", value!=a.value] => permit();', claims), 'permitted');
  });

  test('never holds a test against no value, not even !=', () => {
    const empty = '[type=="b", value!=JsonToClaimValue("[]")] => permit();';
    assert.equal(authorized(empty, abc), 'refused');
  });

  test('an identifier keeps all its claims when a later condition joins', () => {
    const rules =
      'a:[type=="a"] && [type=="b", value==a.value] => add(type="seen", value=a.value);[type=="seen",value==1] => permit();';
    assert.equal(authorized(rules, [...several, claim('b', 2n)]), 'permitted');
  });
});

describe('issuance', () => {
  test('puts equal claims once and several values in order', () => {
    assert.deepEqual(issued('c:[type=="a"] => issue(type="z", value=c.value);', several), { z: [1n, 2n] });
    assert.deepEqual(issued('c:[type=="a", value==1] => issue(claim=c);', several), { a: 1n });
    assert.deepEqual(
      issued('=> issue(type="z", value="1"); => issue(type="z", value=1); => issue(type="z", value=true);'),
      {
        z: ['1', 1n, true],
      },
    );
  });

  test('issues nothing that is only added', () => {
    assert.deepEqual(issued('=> add(type="n", value=1); c:[type=="n"] => issue(type="m", value=c.issuer);'), {
      m: 'AttestationPolicy',
    });
  });

  test('keeps type and value of one claim together', () => {
    assert.deepEqual(issued('c:[issuer=="AttestationService"] => issue(type=c.type, value=c.value);', abc), {
      a: 1n,
      b: 'x',
      c: true,
    });
  });

  test('sets what has one value beside what has several', () => {
    const rules = 'a:[type=="a"] && b:[type=="b"] => issue(type=b.value, value=a.value);';
    assert.deepEqual(issued(rules, [...several, claim('b', 'z')]), { z: [1n, 2n] });
    assert.equal(issued(rules, [...several, claim('b', 'y'), claim('b', 'z')]), 'two-sets');
  });

  test('makes no claim of no value', () => {
    assert.deepEqual(issued('=> issue(type="z", value=JsonToClaimValue("null"));'), {});
    assert.deepEqual(issued('=> issue(type="z", value="");'), { z: '' });
  });

  test('makes no claim when one of several assignments has no value', () => {
    const rules = 'c:[type=="b"] => issue(type=c.value, value=JsonToClaimValue("[]"));';
    assert.deepEqual(issued(rules, abc), {});
  });

  test('makes the claims anew: a copy is the policy’s', () => {
    const rules =
      'c:[type=="a"] => add(claim=c); c:[type=="a", issuer=="AttestationPolicy"] => issue(type="z", value=c.value);';
    assert.deepEqual(issued(rules, [claim('a', 7n)]), { z: 7n });
  });

  test('happens only when it is permitted', () => {
    const policy =
      'version=1.0;authorizationrules{=> permit(); => deny();};issuancerules{=> issue(type="a", value=1);};';
    assert.equal(outcome(policy), 'refused');
  });

  test('runs after authorization wherever it stands', () => {
    const policy =
      'version=1.0;issuancerules{c:[type=="n"] => issue(claim=c);};authorizationrules{=> add(type="n", value=1); => permit();};';
    assert.deepEqual(outcome(policy), { n: 1n });
  });

  test('does not issue the reserved claims of tokens, however they are written', () => {
    for (const type of ['iss', 'Exp', 'x-ms-Policy-hash', 'maa-policyhash'])
      assert.equal(issued('c:[type=="t"] => issue(type=c.value, value=1);', [claim('t', type)]), 'reserved-claim');
    assert.equal(issued('c:[type=="nonce"] => issue(claim=c);', [claim('nonce', 'x')]), 'reserved-claim');
    assert.deepEqual(issued('c:[type=="nonce"] => add(claim=c);', [claim('nonce', 'x')]), {});
  });

  test('restates the service’s claims, and contradicts none', () => {
    const found = [claim('x-ms-svn', 1n), claim('x-ms-svn', 2n)];
    assert.deepEqual(issued('=> issue(type="x-ms-svn", value=2);', found), { 'x-ms-svn': 2n });
    assert.equal(issued('=> issue(type="x-ms-svn", value=3);', found), 'contradicts-service');
    assert.deepEqual(issued('=> issue(type="x-ms-svn", value=3);', [claim('x-ms-svn', 1n, 'CustomClaim')]), {
      'x-ms-svn': 3n,
    });
  });
});

describe('read-only claims', () => {
  const pcrs = [claim('pcrs', 'x')];

  test('are the service’s pcrs, not a client’s', () => {
    assert.equal(issued('c:[type=="pcrs"] => issue(claim=c);', pcrs), 'read-only-issued');
    assert.deepEqual(issued('c:[type=="pcrs"] => issue(claim=c);', [claim('pcrs', 'x', 'CustomClaim')]), { pcrs: 'x' });
  });

  test('may be added, tested, and told of', () => {
    const rules =
      'c:[type=="pcrs"] => add(type="p", value=c.value); [type=="p", value=="x"] => issue(type="ok", value=true);';
    assert.deepEqual(issued(rules, pcrs), { ok: true });
    assert.deepEqual(issued('c:[type=="pcrs"] => issue(type="t", value=c.type);', pcrs), { t: 'pcrs' });
  });

  test('leave their mark on copies, on types, and on what functions make of them', () => {
    for (const rules of [
      'c:[type=="pcrs"] => add(claim=c);',
      'c:[type=="pcrs"] => add(type="q", value=c.value);',
      'c:[type=="pcrs"] => add(type="q", value=AppendString(c.value, "y"));',
      'c:[type=="pcrs"] => add(type="q", value=AppendString("y", c.value));',
      'c:[type=="pcrs"] => add(type="q", value=JmesPath(AppendString(AppendString("[\\"", c.value), "\\"]"), "[0]"));',
      'c:[type=="pcrs"] => add(type="q", value=NegateBool(JsonToClaimValue(JmesPath(AppendString(AppendString("[\\"", c.value), "\\"]"), "@ == `1`"))));',
      'c:[type=="pcrs"] => add(type=c.value, value="q");',
    ]) {
      const issue = 'c:[issuer=="AttestationPolicy"] => issue(type="out", value=c.value);';
      assert.equal(issued(rules + issue, pcrs), 'read-only-issued', rules);
    }
  });

  test('leave their mark where only one of several claims bears it', () => {
    const mixed = [claim('n', false), { ...claim('n', false), readOnly: true }];
    for (const rules of [
      'c:[type=="n"] => issue(type="r", value=NegateBool(c.value));',
      'c:[type=="n"] => issue(type="r", value=c.value);',
      'c:[type=="n"] => issue(type=c.type, value=c.value);',
      'c:[type=="n"] => issue(claim=c);',
    ])
      assert.equal(issued(rules, mixed), 'read-only-issued', rules);
    assert.deepEqual(issued('c:[type=="n"] => issue(type=c.type, value=1);', mixed), { n: 1n });
  });

  test('leave their mark on an answer, be they the document or a query that a rule builds', () => {
    const json = (readOnly: 'document' | 'query'): Claim[] => [
      { ...claim('d', '{"a":1}'), readOnly: readOnly === 'document' },
      { ...claim('q', 'a'), readOnly: readOnly === 'query' },
    ];
    const rules = 'd:[type=="d"] && q:[type=="q"] => issue(type="r", value=JmesPath(d.value, q.value));';
    assert.equal(issued(rules, json('document')), 'read-only-issued');
    assert.equal(issued(rules, json('query')), 'read-only-issued');
  });

  test('are free once a set was asked about them', () => {
    assert.deepEqual(issued('c:[type=="pcrs"] => issue(type="is", value=ContainsOnlyValue(c.value, "x"));', pcrs), {
      is: true,
    });
    assert.deepEqual(issued('c:[type=="pcrs"] => issue(type="is", value=IsSubsetOf(c.value, "x"));', pcrs), {
      is: true,
    });
  });

  test('are no properties either', () => {
    assert.equal(issued('c:[type=="pcrs"] => issueproperty(type="p", value=c.value);', pcrs), 'read-only-issued');
  });
});

describe('configuration and properties', () => {
  function policy(text: string): CompiledPolicy {
    const outcome = compilePolicy(text);
    assert.ok(outcome.ok, outcome.ok ? '' : outcome.errors[0]?.message);
    return outcome.value;
  }
  const baseline =
    'version=1.1;configurationrules{[type=="t", value=="sgx"] => issueproperty(type="x-ms-sgx-tcbidentifier", value="11");};' +
    'authorizationrules{[type=="x-ms-sgx-tcbidentifier", value=="11"] => permit();};';

  test('are known before the evidence is judged', () => {
    const configured = configure(policy(baseline), [claim('t', 'sgx')]);
    const spent = { work: 3, madeLength: 0, cells: 0 };
    assert.deepEqual(configured, { ok: true, value: new Map([['x-ms-sgx-tcbidentifier', '11']]), spent });
    assert.deepEqual(configure(policy(baseline)), { ok: true, value: new Map(), spent: { ...spent, work: 0 } });
  });

  test('are claims for the rules behind', () => {
    const verdict = evaluatePolicy(policy(baseline), [claim('t', 'sgx')]);
    assert.deepEqual(verdict, {
      decision: 'permitted',
      outgoing: [],
      properties: new Map(),
      configuration: new Map([['x-ms-sgx-tcbidentifier', '11']]),
      warnings: [],
      trace: [],
      spent: { work: 5, madeLength: 0, cells: 0 },
    });
  });

  test('see the claims that are given to them alone', () => {
    const options = { configurationClaims: [claim('other', 'sgx')] };
    const verdict = evaluatePolicy(policy(baseline), [claim('t', 'sgx')], options);
    assert.deepEqual([verdict.decision, verdict.configuration], ['denied', new Map()]);
  });

  test('come before the other claims, which the rules behind see too', () => {
    const text = 'version=1.0;authorizationrules{[type=="t"] && [type=="u"] => permit();};';
    const verdict = evaluatePolicy(policy(text), [claim('u', 1n)], { configurationClaims: [claim('t', 1n)] });
    assert.equal(verdict.decision, 'permitted');
  });

  test('are kept with a warning when a rule computes a name that the service does not know', () => {
    const text =
      'version=1.1;configurationrules{c:[type=="n"] => issueproperty(type=c.value, value=1);};authorizationrules{=> permit();};';
    const verdict = evaluatePolicy(policy(text), [claim('n', 'mine')]);
    assert.deepEqual(
      [verdict.configuration, verdict.warnings.map(({ message }) => message)],
      [new Map([['mine', 1n]]), ['The service knows no property mine: it has no effect.']],
    );
  });

  test('may be set twice to the same value only', () => {
    const rules = (last: number): string =>
      `=> issueproperty(type="report_validity_in_minutes", value=5);=> issueproperty(type="report_validity_in_minutes", value=${last});`;
    assert.deepEqual(issued(rules(5)), {});
    assert.equal(issued(rules(6)), 'property-conflict');
  });

  test('of a token do not leave a refused request', () => {
    const text = 'version=1.0;authorizationrules{};issuancerules{=> issueproperty(type="omit_x5c", value=true);};';
    const verdict = evaluatePolicy(policy(text), []);
    assert.deepEqual([verdict.decision, verdict.properties], ['denied', new Map()]);
  });
});

describe('a compiled policy', () => {
  test('has its text as received, its hash and its version', () => {
    const text = '\uFEFFversion= 1.1;\r\nauthorizationrules{=> permit();};\r\n';
    const outcome = compilePolicy(text);
    assert.ok(outcome.ok);
    assert.deepEqual([outcome.value.text, outcome.value.hash, outcome.value.version], [text, policyHash(text), '1.1']);
  });

  test('gives the same verdict every time', () => {
    const outcome = compilePolicy(
      'version=1.2;authorizationrules{c:[type=="q"] && [value==JmesPath("{}", c.value)] => deny(); => permit();};',
    );
    assert.ok(outcome.ok);
    const verdicts = Array.from({ length: 3 }, () => evaluatePolicy(outcome.value, [claim('q', 'a')]));
    assert.deepEqual(verdicts[1], verdicts[0]);
    assert.deepEqual(verdicts[2], verdicts[0]);
  });
});
