/** Parses tokens to the syntax tree of a policy (policy language, section 2). After an error it continues at the next rule or section. */
import type { Diagnostics, Span } from '../diagnostic.ts';
import { limits } from '../limits.ts';
import type { Name, PolicyTree, Rule, Section } from './ast.ts';
import { Cursor, clip, SyntaxStop } from './cursor.ts';
import { tokenize } from './lexer.ts';
import { parseRule, startsRule } from './rule-parser.ts';
import { lookUp, nearest, type SectionName, sectionNames, versions } from './vocabulary.ts';

/** Parses a policy text. Reports errors and returns what could be parsed. */
export function parsePolicy(text: string, diagnostics: Diagnostics): PolicyTree {
  if (isForeign(text)) {
    const start: Span = { offset: 0, line: 1, column: 1, length: 0 };
    diagnostics.error('missing-version', start, 'A policy begins with its version.', hintAtStart(text.trimStart()));
    return { version: undefined, sections: [] };
  }
  const cursor = new Cursor(tokenize(text, diagnostics), diagnostics);
  const version = parseVersion(cursor);
  const sections = parseSections(cursor);
  checkRuleCount(sections, diagnostics);
  return { version, sections };
}

const beginning = /^[\ufeff\s]*(?:version|\/[/*])/i;
const words = new RegExp(`\\b(?:version|${sectionNames.join('|')})\\b`, 'i');
const bytes = /[\0\ufffd]/;

/** Whether a text is not a policy at all, such as a certificate; one diagnostic is then enough. A policy that only lacks its version is parsed. */
function isForeign(text: string): boolean {
  return !beginning.test(text) && (!words.test(text) || bytes.test(text));
}

function parseVersion(cursor: Cursor): Name | undefined {
  try {
    return readVersion(cursor);
  } catch (error) {
    if (!(error instanceof SyntaxStop)) throw error;
    skipToSection(cursor);
    return undefined;
  }
}

function readVersion(cursor: Cursor): Name | undefined {
  const { token } = cursor;
  if (token.kind !== 'word' || lookUp(['version'], token.text) === undefined)
    cursor.stop('missing-version', token, 'A policy begins with its version.', hintAtStart(token.text));
  cursor.advance();
  cursor.expect('=', 'Write version=1.2; at the beginning.');
  const first = cursor.token;
  if (first.kind !== 'integer') cursor.unexpected('a version number', 'Write version=1.2; without quotes.');
  cursor.advance();
  cursor.expect('.');
  if (cursor.token.kind !== 'integer') cursor.unexpected('a version number');
  const last = cursor.advance();
  const number: Name = { ...cursor.span(first), text: `${first.text}.${last.text}` };
  const known = versions.find((version) => version === number.text);
  if (known === undefined) {
    const list = versions.join(', ');
    cursor.diagnostics.error(
      'unknown-version',
      number,
      `Version ${clip(number.text)} is not known.`,
      `Known are ${list}.`,
    );
  }
  cursor.expect(';', `Write ; after version=${clip(number.text)}.`);
  return known === undefined ? undefined : number;
}

/** Policies are sent as JSON and as JWS; only their content is the text. */
function hintAtStart(found: string): string {
  if (found.startsWith('-----BEGIN '))
    return 'This looks like PEM, such as a certificate or a key: give the text of a policy.';
  if (found.startsWith('{') || found.startsWith('eyJ'))
    return 'This looks like JSON or a JWS that holds a policy: take the text out of it.';
  return 'Write version=1.2; in front.';
}

function parseSections(cursor: Cursor): Section[] {
  const sections: Section[] = [];
  while (!cursor.atEnd) {
    if (cursor.sees(';')) strayedSemicolon(cursor);
    else if (cursor.token.kind === 'word' && cursor.sees('{', 1)) sections.push(parseSection(cursor, sections));
    else strayedText(cursor);
  }
  return sections;
}

function strayedSemicolon(cursor: Cursor): void {
  cursor.diagnostics.warn('stray-semicolon', cursor.advance(), 'This semicolon ends nothing.', 'Remove it.');
}

function strayedText(cursor: Cursor): void {
  const { token } = cursor;
  if (token.kind !== 'bad' && token.kind !== 'placeholder') {
    const isName = token.kind === 'word' && lookUp(sectionNames, token.text) !== undefined;
    const expected = isName ? `"{" after ${token.text}` : `a section (${sectionNames.join(', ')})`;
    const at = isName ? cursor.peek(1) : token;
    const found = at.kind === 'end' ? 'the text ends' : `${clip(at.text)} stands`;
    cursor.diagnostics.error('unexpected-token', at, `Expected ${expected}, but ${found} here.`);
  }
  cursor.advance();
  skipToSection(cursor);
}

function skipToSection(cursor: Cursor): void {
  while (!cursor.atEnd && !cursor.seesSection()) cursor.advance();
}

function parseSection(cursor: Cursor, before: readonly Section[]): Section {
  const name = cursor.advance();
  const kind = checkSectionName(cursor.diagnostics, name, before);
  cursor.advance();
  const rules = parseRules(cursor, kind);
  if (cursor.take('}')) {
    if (!cursor.take(';')) {
      const message = `The section ${name.text} has no semicolon at its end.`;
      cursor.diagnostics.warn('missing-semicolon', cursor.token, message, 'Write ; after its closing brace.');
    }
  } else {
    const found = cursor.atEnd ? 'the text ends' : `${cursor.token.text} starts`;
    const message = `The section ${name.text} is not closed, but ${found} here.`;
    cursor.diagnostics.error('unexpected-token', cursor.token, message, 'Write }; after its last rule.');
  }
  return { name, kind, rules };
}

function checkSectionName(diagnostics: Diagnostics, name: Name, before: readonly Section[]): SectionName | undefined {
  const kind = lookUp(sectionNames, name.text);
  if (kind === undefined) {
    const meant = nearest(sectionNames, name.text);
    const hint = meant === undefined ? `Known are ${sectionNames.join(', ')}.` : `Did you mean ${meant}?`;
    diagnostics.error('unknown-section', name, `There is no section ${clip(name.text)}.`, hint);
  } else if (before.some((section) => section.kind === kind)) {
    diagnostics.error('duplicate-section', name, `The section ${kind} stands twice.`, 'Put all its rules into one.');
  } else if (before.some((section) => section.kind !== undefined && order(section.kind) > order(kind))) {
    const message = `The section ${kind} stands behind one that runs after it.`;
    diagnostics.warn('section-order', name, message, `The order is ${sectionNames.join(', ')}.`);
  }
  return kind;
}

function order(kind: SectionName): number {
  return sectionNames.indexOf(kind);
}

function parseRules(cursor: Cursor, kind: SectionName | undefined): Rule[] {
  const rules: Rule[] = [];
  while (!cursor.atEnd && !cursor.sees('}') && !cursor.seesSection()) {
    if (cursor.sees(';')) {
      strayedSemicolon(cursor);
      continue;
    }
    try {
      const rule = parseRule(cursor, kind);
      if (rule !== undefined) rules.push(rule);
      endRule(cursor);
    } catch (error) {
      if (!(error instanceof SyntaxStop)) throw error;
      skipRule(cursor);
    }
  }
  return rules;
}

function endRule(cursor: Cursor): void {
  if (cursor.take(';')) return;
  if (!startsRule(cursor) && !cursor.sees('}') && !cursor.seesSection()) cursor.unexpected('";" after the rule');
  cursor.diagnostics.warn(
    'missing-semicolon',
    cursor.token,
    'The rule before has no semicolon at its end.',
    'Write ; after it.',
  );
}

/** Skips to where a rule can begin: after a semicolon, at a brace, or at a line that starts like a rule. */
function skipRule(cursor: Cursor): void {
  while (!cursor.atEnd && !cursor.sees('}') && !cursor.seesSection()) {
    if (cursor.take(';')) return;
    cursor.advance();
    const fresh = cursor.token.line > cursor.previous.line && !cursor.sees('=>') && startsRule(cursor);
    if (fresh && !['&&', ',', '(', '!', ':'].includes(cursor.previous.text)) return;
  }
}

function checkRuleCount(sections: readonly Section[], diagnostics: Diagnostics): void {
  const rules = sections.flatMap((section) => section.rules);
  const first = rules[limits.rules];
  if (first !== undefined) diagnostics.error('limit-rules', first, `A policy has at most ${limits.rules} rules.`);
}
