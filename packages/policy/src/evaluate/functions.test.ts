/** The functions of version 1.2 (policy language, section 6). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Claim } from '../claims/claim.ts';
import { claim, issued } from './__fixtures__/outcome.ts';

/** What a function yields: the value of the claim that is made of it, `none`, or the code. */
function result(call: string, claims: readonly Claim[] = []): unknown {
  const made = issued(`${call.includes('c.') ? 'c:[type=="c"] ' : ''}=> issue(type="r", value=${call});`, claims);
  return typeof made === 'object' && made !== null ? ('r' in made ? made.r : 'none') : made;
}

type Case = readonly [call: string, expected: unknown, values?: readonly Claim['value'][]];

const cases: Readonly<Record<string, readonly Case[]>> = {
  JmesPath: [
    ['JmesPath("{\\"foo\\":\\"bar\\"}", "foo")', '"bar"'],
    ['JmesPath("{\\"foo\\":\\"bar\\"}", "baz")', 'null'],
    ['JmesPath("[1, 2.50, true]", "@")', '[1,2.5,true]'],
    ['JmesPath("{\\"b\\":1,\\"a\\":2}", "@")', '{"b":1,"a":2}'],
    ['JmesPath("9007199254740993", "@")', '9007199254740993'],
    ['JmesPath("{\\"a\\":1,\\"a\\":2}", "a")', '2'],
    ['JmesPath("", "a")', 'not-one-value'],
    ['JmesPath("{}", c.value)', 'not-one-value', ['']],
    ['JmesPath("{} x", "a")', 'json-invalid'],
    ['JmesPath(c.value, "a")', 'not-one-value', ['{}', '[]']],
    ['JmesPath(c.value, "a")', 'not-one-value', [1n]],
    ['JmesPath("{\\"a\\":\\"Straße\\"}", "a")', '"Straße"'],
    ['JmesPath("[{\\"p\\":\\"ABC\\"},{\\"q\\":1}]", "length([?equals_ignore_case(p, \'abc\')])")', '1'],
    ['JmesPath("{\\"k\\":\\"\u212A\\"}", "equals_ignore_case(k, \'k\')")', 'false'],
  ],
  JsonToClaimValue: [
    ['JsonToClaimValue("1")', 1n],
    ['JsonToClaimValue("2.0")', 2n],
    ['JsonToClaimValue("1e2")', 100n],
    ['JsonToClaimValue("-0")', 0n],
    ['JsonToClaimValue("9223372036854775807")', 9223372036854775807n],
    ['JsonToClaimValue("-9223372036854775808")', -9223372036854775808n],
    ['JsonToClaimValue("9223372036854775808")', 'json-no-claim'],
    ['JsonToClaimValue("1.5")', 'json-no-claim'],
    ['JsonToClaimValue("1e400")', 'json-number-range'],
    ['JsonToClaimValue(" true ")', true],
    ['JsonToClaimValue("\\"text\\"")', 'text'],
    ['JsonToClaimValue("\\"\\"")', ''],
    ['JsonToClaimValue("null")', 'none'],
    ['JsonToClaimValue("[]")', 'none'],
    ['JsonToClaimValue("[null]")', 'none'],
    ['JsonToClaimValue("[1, \\"1\\", null, true, 1]")', [1n, '1', true]],
    ['JsonToClaimValue("[[1]]")', 'json-no-claim'],
    ['JsonToClaimValue("[{}]")', 'json-no-claim'],
    ['JsonToClaimValue("{}")', 'json-no-claim'],
    ['JsonToClaimValue("abc")', 'json-invalid'],
    ['JsonToClaimValue("")', 'json-invalid'],
    ['JsonToClaimValue(c.value)', 'not-one-value', [true]],
  ],
  IsSubsetOf: [
    ['IsSubsetOf(c.value, 1)', true, [1n, 1n]],
    ['IsSubsetOf(c.value, 1)', false, [1n, 2n]],
    ['IsSubsetOf(2, c.value)', true, [1n, 2n]],
    ['IsSubsetOf("1", c.value)', false, [1n]],
    ['IsSubsetOf(JsonToClaimValue("[]"), c.value)', true, [1n]],
    ['IsSubsetOf(c.value, JsonToClaimValue("[]"))', false, [1n]],
  ],
  AppendString: [
    ['AppendString("a", "b")', 'ab'],
    ['AppendString("", "")', ''],
    ['AppendString(AppendString("a", c.value), "c")', 'abc', ['b']],
    ['AppendString("a", c.value)', 'not-one-value', ['b', 'c']],
    ['AppendString("a", c.value)', 'not-one-value', [1n]],
    ['AppendString("a", JsonToClaimValue("[]"))', 'not-one-value'],
  ],
  NegateBool: [
    ['NegateBool(true)', false],
    ['NegateBool(c.value)', true, [false, false]],
    ['NegateBool(c.value)', 'not-one-value', [true, false]],
    ['NegateBool(c.value)', 'not-one-value', ['true']],
  ],
  ContainsOnlyValue: [
    ['ContainsOnlyValue(c.value, 1)', true, [1n, 1n]],
    ['ContainsOnlyValue(c.value, 1)', false, [1n, 2n]],
    ['ContainsOnlyValue(c.value, "1")', false, [1n]],
    ['ContainsOnlyValue(JsonToClaimValue("[]"), 1)', false],
    ['ContainsOnlyValue(1, c.value)', 'not-one-value', [1n, 2n]],
  ],
};

for (const [name, all] of Object.entries(cases)) {
  describe(name, () => {
    for (const [call, expected, values = []] of all) {
      test(`${call} ${values.length === 0 ? '' : `of ${values.map(String).join(' and ')} `}gives ${String(expected)}`, () => {
        assert.deepEqual(
          result(
            call,
            values.map((value) => claim('c', value)),
          ),
          expected,
        );
      });
    }
  });
}

test('functions stand on the right of a test', () => {
  const rules = 'c:[type=="c"] && [type=="d", value==AppendString(c.value, "y")] => issue(type="r", value=true);';
  assert.deepEqual(issued(rules, [claim('c', 'x'), claim('d', 'xy')]), { r: true });
});
