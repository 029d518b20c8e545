/** Typical mistakes in policies get a message that says how to fix them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compilePolicy } from './index.ts';

/** All diagnostics of one severity, as a terminal shows them. */
function diagnostics(policy: string): string[] {
  const outcome = compilePolicy(policy, { strict: true });
  const errors = outcome.ok ? [] : outcome.errors;
  return errors.map(
    ({ line, column, message, hint }) => `${line}:${column} ${message}${hint === undefined ? '' : ` ${hint}`}`,
  );
}

const rule = (text: string): string => `version=1.2;\nauthorizationrules{\n${text}\n};`;

const mistakes: readonly (readonly [name: string, policy: string, ...said: string[]])[] = [
  [
    'no semicolon after the version',
    'version=1.0\nauthorizationrules{=> permit();};',
    '2:1 Expected ";", but authorizationrules stands here. Write ; after version=1.0.',
  ],
  [
    'the version in quotes',
    'version="1.0";\nauthorizationrules{=> permit();};',
    '1:9 Expected a version number, but "1.0" stands here. Write version=1.2; without quotes.',
  ],
  [
    'the policy as it travels',
    '{"AttestationPolicy":"dmVyc2lvbj0xLjA7"}',
    '1:1 A policy begins with its version. This looks like JSON or a JWS that holds a policy: take the text out of it.',
  ],
  [
    'alternatives with ||',
    rule('[type=="a"] || [type=="b"] => permit();'),
    '3:13 "||" is not part of the policy language. Write two rules: each permits or issues on its own.',
  ],
  [
    'tests joined with &&',
    rule('[type=="a" && value==1] => permit();'),
    '3:12 Expected "," or "]", but && stands here. Write , between tests.',
  ],
  [
    'a bracket that is not closed',
    rule('[type=="a" && [type=="b"] => permit();\n[type=="c" => deny();'),
    '3:12 Expected "," or "]", but && stands here. Write ] before it.',
    '4:12 Expected "," or "]", but => stands here. Write ] before it.',
  ],
  [
    'tests without brackets',
    rule('c:type=="a" => permit();'),
    '3:3 Expected a condition in brackets or "=>", but type stands here. Write [ before the tests and ] after them.',
  ],
  [
    'an action without parentheses',
    rule('=> permit;'),
    '3:10 Expected "(", but ; stands here. An action has parentheses, as in permit().',
  ],
  [
    'another arrow',
    rule('[type=="a"] -> permit();'),
    '3:13 "->" is not part of the policy language. Write => before the action.',
  ],
  [
    'another comment',
    rule('# who\n=> permit();'),
    '3:1 "#" is not part of the policy language. Comments begin with //.',
  ],
  [
    'single quotes',
    rule("[type=='a'] => permit();"),
    `3:8 "'" is not part of the policy language. Strings stand in double quotes.`,
    `3:10 "'" is not part of the policy language. Strings stand in double quotes.`,
  ],
  [
    'a list of values',
    rule('[type=="a", value==["x", "y"]] => permit();'),
    '3:20 Expected a value, but [ stands here. One value stands here; write a rule for each.',
  ],
  [
    'text without quotes',
    rule('[type=="a", value==high] => permit();'),
    `3:20 Expected a value, but high stands here. Text stands in double quotes; a claim's value is high.value.`,
  ],
  ['a misspelt action', rule('=> premit();'), '3:4 There is no action premit. Did you mean permit?'],
  [
    'a misspelt section',
    'version=1.0;\nauthorisationrules{=> permit();};',
    '2:1 There is no section authorisationrules. Did you mean authorizationrules?',
  ],
  [
    'an identifier that nothing binds',
    'version=1.0;\nauthorizationrules{=> permit();};\nissuancerules{\n[type=="a"] => issue(type="b", value=c.value);\n};',
    '4:38 c is not bound by a condition before. Nothing is bound here; write c: before a condition.',
  ],
  [
    'values that are not named',
    'version=1.0;\nauthorizationrules{=> permit();};\nissuancerules{\n=> issue("T", 1);\n};',
    '4:10 Expected an assignment, but "T" stands here. Write type="T".',
  ],
  [
    'a newer form in an older version',
    'version=1.0;\nauthorizationrules{![type=="a"] => permit();};',
    '2:20 The negation "!" needs version 1.2, and the policy is of version 1.0. Write version=1.2; at the beginning.',
  ],
  [
    'a placeholder of a template',
    rule('[type=="x-ms-sgx-product-id", value==<product-id>] => permit();'),
    '3:38 A placeholder is still in the text: <product-id>. Put the value in its place.',
  ],
  [
    'a number in a query',
    rule('[value==JmesPath("[]", "[?PcrIndex == 20]")] => permit();'),
    '3:24 The query does not compile: character 15, a number does not fit there. Numbers stand in backticks: == `20`.',
  ],
  [
    'a query with residue of Markdown',
    rule('[value==JmesPath("[]", "\\\\[\\\\*\\\\]")] => permit();'),
    '3:24 The query does not compile: character 1, "\\\\" fits nowhere. Remove the backslashes before brackets and asterisks.',
  ],
  [
    'a claim of the service',
    'version=1.0;\nauthorizationrules{=> permit();};\nissuancerules{=> issue(type="iss", value="me");};',
    '3:29 Only the service issues iss. Choose another name.',
  ],
];

describe('the message alone mends', () => {
  for (const [name, policy, ...said] of mistakes) test(name, () => assert.deepEqual(diagnostics(policy), said));
});

test('all mistakes of a text are told at once, each rule on its own, and nothing follows from what could not be read', () => {
  const policy = [
    'version=1.1;',
    'authorizationrules {',
    '  c:[type=="a", value=="x] => permit();',
    '  [type=="b" value==1] => permit();',
    '  ![type=="d"] => deny();',
    '  c:[type=="e"] => add(type="f", value=d.value);',
    '}',
    'issuancerule { c:[type=="q"] => issue("T", value=c.value); };',
  ].join('\n');
  const outcome = compilePolicy(policy);
  assert.deepEqual(
    (outcome.ok ? [] : outcome.errors).map(({ line, column, length, code }) => [line, column, length, code]),
    [
      [3, 24, 16, 'unterminated-string'],
      [4, 14, 5, 'unexpected-token'],
      [5, 3, 1, 'needs-version'],
      [6, 40, 1, 'unbound-identifier'],
      [8, 1, 12, 'unknown-section'],
      [8, 39, 3, 'unexpected-token'],
    ],
  );
  assert.deepEqual(
    outcome.warnings.map(({ line, code }) => [line, code]),
    [[8, 'missing-semicolon']],
  );
  assert.deepEqual(outcome.notes, []);
});
