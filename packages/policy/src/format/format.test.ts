/** The formatter keeps the meaning and the comments of a policy, and always writes the same layout. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { policyTexts } from '../__fixtures__/policy-arbitrary.ts';
import { Diagnostics } from '../diagnostic.ts';
import { tokenize } from '../syntax/lexer.ts';
import { parsePolicy } from '../syntax/parser.ts';
import { formatPolicy } from './format.ts';

function formatted(text: string): string {
  const result = formatPolicy(text);
  if (result.ok) return result.value;
  throw new Error(result.errors.map(({ line, column, message }) => `${line}:${column} ${message}`).join('\n'));
}

/** What a text means: its tree without places and spelling. */
function meaning(text: string): unknown {
  const diagnostics = new Diagnostics();
  const tree = parsePolicy(text, diagnostics);
  const places = new Set(['offset', 'line', 'column', 'length', 'nameSpan', 'comments', 'name']);
  const plain = (value: unknown): unknown => {
    if (typeof value === 'bigint') return `${value}n`;
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value).filter(([name, member]) => !places.has(name) || typeof member === 'string');
    return Object.fromEntries(entries.map(([name, member]) => [name, plain(member)]));
  };
  return [diagnostics.errorCount, plain(tree)];
}

function commentsOf(text: string): string[] {
  const comments = tokenize(text, new Diagnostics()).flatMap((token) => token.comments);
  return comments.map((comment) => comment.text.replaceAll('\r\n', '\n').trimEnd());
}

test('gives a policy its canonical layout', () => {
  const text = `Version= 1.2 ;AuthorizationRules{
c :[ Type=="a" ,value = 0x10 ]&&!  [type=="b"]=>Permit( )


=>deny();;}
IssuanceRules { c:[type=="very long claim type", issuer=="AttestationService"] && d:[type=="another long one", value!=c.value]
=> issue(type="t", value=appendstring(c.value,"x")) ; };`;
  const canonical = `version=1.2;

authorizationrules {
  c:[type=="a", value==0x10] && ![type=="b"] => permit();

  => deny();
};

issuancerules {
  c:[type=="very long claim type", issuer=="AttestationService"]
    && d:[type=="another long one", value!=c.value]
    => issue(type="t", value=AppendString(c.value, "x"));
};
`;
  assert.equal(formatted(text), canonical);
});

test('keeps comments where they belong', () => {
  const text = `/* head */ // of the file
version= /* inside */ 1.0; // the version

// for the section
authorizationrules /* before the brace */ { // behind the brace
  // own line


  /* same line */ => permit() /* before the semicolon */ ; // behind it

  [type=="a"] // first
  && [type=="b", /* in a test */ value==true] /* long
     note */
  => deny();
  // the last
}; // end
// the very last`;
  const canonical = `/* head */ // of the file
/* inside */
version=1.0; // the version

// for the section
authorizationrules { /* before the brace */ // behind the brace
  // own line

  /* same line */
  => permit(); /* before the semicolon */ // behind it

  [type=="a"] // first
    /* in a test */
    && [type=="b", value==true] /* long
     note */
    => deny();
  // the last
}; // end
// the very last
`;
  assert.equal(formatted(text), canonical);
});

test('leaves words that a policy chose as they are', () => {
  const text =
    'version=1.2;\n\nauthorizationrules {\n  Type:[type=="a"] && PERMIT:[value==Type.value] => add(claim=PERMIT);\n};\n';
  assert.equal(formatted(text), text);
  assert.equal(formatted(text.replace('add(claim=PERMIT)', 'ADD(CLAIM=PERMIT)')), text);
});

test('writes an empty section and a text without rules', () => {
  assert.equal(
    formatted('version=1.0;authorizationrules{}issuancerules{//x\n}'),
    'version=1.0;\n\nauthorizationrules {\n};\n\nissuancerules { //x\n};\n',
  );
  assert.equal(formatted('version=1.0;'), 'version=1.0;\n');
});

test('refuses a text that has no form, with all its errors', () => {
  const result = formatPolicy('version=1.0; authorizationrules { => premit(); => ; };');
  assert.deepEqual(result.ok ? [] : result.errors.map(({ code }) => code), ['unknown-action', 'unexpected-token']);
});

test('formatting twice is formatting once', () => {
  fc.assert(
    fc.property(policyTexts, (text) => {
      const once = formatted(text);
      assert.equal(formatted(once), once);
    }),
    { numRuns: 1000 },
  );
});

test('formatting changes no meaning and loses no comment', () => {
  fc.assert(
    fc.property(policyTexts, (text) => {
      const once = formatted(text);
      assert.deepEqual(meaning(once), meaning(text));
      assert.deepEqual(commentsOf(once).toSorted(), commentsOf(text).toSorted());
    }),
    { numRuns: 500 },
  );
});
