/** Expensive policies and claims end with a code, always the same one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, compilePolicy, evaluatePolicy, limits } from '../index.ts';

const claim = (type: string, value: Claim['value']): Claim => ({ type, value, issuer: 'CustomClaim' });

/** Texts of one length that differ in their last characters: no hash tells them apart. */
const alike = (count: number, length: number): string[] =>
  Array.from({ length: count }, (_, at) => `${'y'.repeat(length - 4)}${String(at).padStart(4, '0')}`);

/** What comes of authorization rules: `permitted`, `refused` or the code. */
function outcome(rules: string, claims: readonly Claim[]): string {
  const compiled = compilePolicy(`version=1.2;authorizationrules{${rules}};`);
  assert.ok(compiled.ok, compiled.ok ? '' : compiled.errors[0]?.message);
  const verdict = evaluatePolicy(compiled.value, claims);
  if (verdict.decision === 'failed') return verdict.refusal.code;
  return verdict.decision === 'permitted' ? 'permitted' : 'refused';
}

const query = (text: string): string =>
  `d:[type=="d"] => add(type="z", value=JmesPath(d.value, "${text}")); => permit();`;
const members = Object.fromEntries(alike(30, 16_500).map((name) => [name, 1]));
const twins = JSON.stringify({ a: members, b: members });
const longNames = JSON.stringify(Object.fromEntries(alike(15, 60_000).map((name) => [name, 1])));

const hostile: readonly (readonly [name: string, rules: string, claims: readonly Claim[], code: string])[] = [
  ['claims that double', 'c:[type=="a"] => add(claim=c);'.repeat(20), [claim('a', 1n)], 'limit-claims'],
  [
    'copies of one long value, told apart',
    `${'c:[type=="a"] => add(claim=c);'.repeat(12)}c:[type=="a"] => add(type="r", value=c.value, valueType=c.valueType);`,
    [claim('a', 'x'.repeat(limits.valueLength))],
    'limit-work',
  ],
  [
    'long values alike in a set, again and again',
    'c:[type=="a"] && [type=="q", value==c.value] => permit();'.repeat(20),
    alike(200, 20_000).map((value) => claim('a', value)),
    'limit-work',
  ],
  [
    'long values alike, all made claims',
    'c:[type=="a"] => add(type="b", value=c.value, valueType=c.valueType);'.repeat(20),
    alike(200, 20_000).map((value) => claim('a', value)),
    'limit-work',
  ],
  [
    'long values alike in subsets',
    'c:[type=="a"] && [value==IsSubsetOf(c.value, c.value)] => permit();'.repeat(20),
    alike(200, 20_000).map((value) => claim('a', value)),
    'limit-work',
  ],
  [
    'claims held against many values by every rule',
    'b:[type=="a"] && [value==b.value, type!="a"] => permit();'.repeat(300),
    Array.from({ length: 5000 }, (_, at) => claim('a', BigInt(at))),
    'limit-work',
  ],
  [
    'equal objects with long names alike',
    query(`[@]${'|[@,@][]'.repeat(10)}|[?a==b]`),
    [claim('d', twins)],
    'limit-work',
  ],
  [
    'objects merged by long names alike',
    query(`[@]${'|[@,@][]'.repeat(10)}|map(&merge(a,b),@)|length(@)`),
    [claim('d', twins)],
    'limit-work',
  ],
  [
    'a long name looked up among others, for each element',
    'd:[type=="d"] && q:[type=="q"] => add(type="z", value=JmesPath(d.value, AppendString(q.value, "\\", @)|length(@)")));',
    [claim('d', longNames), claim('q', `[@]${'|[@,@][]'.repeat(13)}|map(&"${'y'.repeat(60_000)}`)],
    'limit-work',
  ],
];

for (const [name, rules, claims, code] of hostile) {
  test(`ends within the budget: ${name}`, () => {
    assert.equal(outcome(rules, claims), code);
  });
}

test('one long value, used by many rules, is no reason to refuse', () => {
  const log = JSON.stringify({
    events: Array.from({ length: 5000 }, (_, at) => ({ pcr: at % 24, digest: 'x'.repeat(32) })),
  });
  const rule = (at: number): string =>
    `d:[type=="d"] => add(type="n${at}", value=JmesPath(d.value, "events[?pcr==\`${at % 24}\`] | length(@)"));`;
  const rules = Array.from({ length: 100 }, (_, at) => rule(at)).join('');
  assert.equal(outcome(`${rules}=> permit();`, [claim('d', log)]), 'permitted');
});

test('a condition with far too many tests is refused by its number alone', () => {
  const compiled = compilePolicy(
    `version=1.2;authorizationrules{[${Array(12_000).fill('type!="a"').join()}] => permit();};`,
  );
  assert.deepEqual(compiled.ok ? [] : compiled.errors.map(({ code }) => code), ['limit-tests']);
});
