/** Parses rules: conditions, tests and actions (policy language, section 2). */
import { limits } from '../limits.ts';
import type { Action, Assignment, Comparison, Condition, Name, Rule, Test } from './ast.ts';
import { type Cursor, clip } from './cursor.ts';
import { parseExpression } from './expression-parser.ts';
import {
  type ActionName,
  actionNames,
  lookUp,
  nearest,
  type PropertyName,
  propertyNames,
  type SectionName,
} from './vocabulary.ts';

const comparisons: readonly Comparison[] = ['==', '!=', '<', '<=', '>', '>='];
const ancestors: Readonly<Record<string, string>> = {
  exists: 'A condition without identifier does that.',
  not: 'Write ![…].',
  count: 'Counting is not part of the language; use JmesPath with length().',
};

/** Whether a rule can begin at the cursor. */
export function startsRule(cursor: Cursor): boolean {
  if (cursor.sees('[') || cursor.sees('!') || cursor.sees('=>')) return true;
  return cursor.token.kind === 'word' && cursor.sees(':', 1);
}

/** Parses one rule up to its action's closing parenthesis; undefined when its action is unknown, which is reported. */
export function parseRule(cursor: Cursor, kind: SectionName | undefined): Rule | undefined {
  const first = cursor.token;
  const conditions: Condition[] = [];
  if (!cursor.sees('=>')) {
    do conditions.push(parseCondition(cursor));
    while (cursor.take('&&'));
  }
  const extra = conditions[limits.conditionsPerRule];
  if (extra !== undefined) {
    const message = `A rule has at most ${limits.conditionsPerRule} conditions.`;
    cursor.diagnostics.error('limit-conditions', extra, message);
  }
  if (!cursor.sees('=>')) cursor.unexpected(conditions.length === 0 ? 'a rule' : '"&&" or "=>"');
  cursor.advance();
  const action = parseAction(cursor, kind);
  return action === undefined ? undefined : { ...cursor.span(first), conditions, action };
}

function parseCondition(cursor: Cursor): Condition {
  const first = cursor.token;
  const negation = cursor.take('!') ? first : undefined;
  const identifier = parseLabel(cursor);
  if (!cursor.sees('[')) unexpectedCondition(cursor);
  cursor.advance();
  const tests: Test[] = [];
  if (!cursor.sees(']')) {
    do parseTest(cursor, tests);
    while (cursor.take(','));
  }
  if (!cursor.sees(']')) cursor.unexpected('"," or "]"', hintInBrackets(cursor));
  cursor.advance();
  const extra = tests[limits.testsPerCondition];
  if (extra !== undefined) {
    const message = `A condition has at most ${limits.testsPerCondition} tests.`;
    cursor.diagnostics.error('limit-tests', extra, message);
  }
  return { ...cursor.span(first), negation, identifier, tests };
}

function parseLabel(cursor: Cursor): Name | undefined {
  if (cursor.token.kind !== 'word' || !cursor.sees(':', 1)) return undefined;
  const name = cursor.advance();
  cursor.advance();
  return name;
}

function unexpectedCondition(cursor: Cursor): never {
  const { token } = cursor;
  const hint = token.kind === 'word' ? ancestors[token.text.toLowerCase()] : undefined;
  if (hint !== undefined)
    cursor.stop('foreign-syntax', token, `${clip(token.text)} is not part of the policy language.`, hint);
  const bare =
    lookUp(propertyNames, token.text) === undefined ? undefined : 'Write [ before the tests and ] after them.';
  return cursor.unexpected('a condition in brackets or "=>"', bare);
}

function hintInBrackets(cursor: Cursor): string | undefined {
  if (cursor.sees('&&'))
    return cursor.sees('[', 1) || cursor.sees(':', 2) ? 'Write ] before it.' : 'Write , between tests.';
  return cursor.sees('=>') ? 'Write ] before it.' : undefined;
}

function parseTest(cursor: Cursor, tests: Test[]): void {
  const first = cursor.token;
  const property = parseProperty(cursor, 'a property to test');
  const operator = parseComparison(cursor);
  const operand = parseExpression(cursor);
  if (property !== undefined) tests.push({ ...cursor.span(first), property, operator, operand });
}

/** Parses the name of a property; undefined when it is unknown, which is reported. */
function parseProperty(cursor: Cursor, what: string): PropertyName | undefined {
  if (cursor.token.kind !== 'word') cursor.unexpected(`${what} (${propertyNames.join(', ')})`);
  const name = cursor.advance();
  const property = lookUp(propertyNames, name.text);
  if (property !== undefined) return property;
  if (name.text.toLowerCase() === 'store') {
    const hint = 'add() keeps a claim for later rules, issue() puts it into the token as well.';
    cursor.diagnostics.error('foreign-syntax', name, 'store= is not part of the policy language.', hint);
    return undefined;
  }
  const meant = nearest(propertyNames, name.text);
  const hint = meant === undefined ? `Known are ${propertyNames.join(', ')}.` : `Did you mean ${meant}?`;
  cursor.diagnostics.error('unknown-property', name, `A claim has no property ${clip(name.text)}.`, hint);
  return undefined;
}

function parseComparison(cursor: Cursor): Comparison {
  const { token } = cursor;
  const known = token.kind === 'operator' ? comparisons.find((operator) => operator === token.text) : undefined;
  if (known !== undefined) {
    cursor.advance();
    return known;
  }
  if (cursor.take('=')) {
    cursor.diagnostics.warn('single-equals', token, 'A single = stands in a test; it is read as ==.', 'Write ==.');
    return '==';
  }
  const hint = cursor.sees('=>') ? 'Write >= for "at least".' : undefined;
  return cursor.unexpected(`a comparison (${comparisons.join(' ')})`, hint);
}

function parseAction(cursor: Cursor, kind: SectionName | undefined): Action | undefined {
  const name = cursor.expectName('an action');
  const known = lookUp(actionNames, name.text);
  if (known === undefined) {
    const meant = nearest(actionNames, name.text);
    const hint = meant === undefined ? `Known are ${actionNames.join(', ')}.` : `Did you mean ${meant}?`;
    cursor.diagnostics.error('unknown-action', name, `There is no action ${clip(name.text)}.`, hint);
  }
  cursor.expect('(', 'An action has parentheses, as in permit().');
  const { copied, assignments } = parseAssignments(cursor, known);
  if (!cursor.sees(')')) cursor.unexpected(assignments.length > 0 ? '"," or ")"' : '")"');
  if (known !== undefined && kind !== undefined) checkComplete(cursor, known, copied, assignments);
  cursor.advance();
  return known === undefined ? undefined : { ...cursor.span(name), name: known, nameSpan: name, copied, assignments };
}

interface Arguments {
  readonly copied: Name | undefined;
  readonly assignments: readonly Assignment[];
}

function parseAssignments(cursor: Cursor, action: ActionName | undefined): Arguments {
  let copied: Name | undefined;
  const assignments: Assignment[] = [];
  if (cursor.sees(')')) return { copied, assignments };
  if (action === 'permit' || action === 'deny') cursor.unexpected(`")", since ${action} takes nothing`);
  do {
    const first = cursor.token;
    if (first.kind === 'word' && first.text.toLowerCase() === 'claim') {
      cursor.advance();
      takeAssign(cursor);
      const name = cursor.expectName('an identifier');
      if (copied !== undefined || assignments.length > 0) notAlone(cursor, first);
      copied = name;
    } else {
      parseAssignment(cursor, assignments);
      if (copied !== undefined) notAlone(cursor, first);
    }
  } while (cursor.take(','));
  return { copied, assignments };
}

function notAlone(cursor: Cursor, at: Name): void {
  const message = 'claim= copies a whole claim and stands alone.';
  cursor.diagnostics.error('claim-not-alone', at, message, 'To change something write type= and value= instead.');
}

function parseAssignment(cursor: Cursor, assignments: Assignment[]): void {
  const first = cursor.token;
  if (first.kind === 'string') {
    const property = assignments.length === 0 ? 'type' : 'value';
    cursor.unexpected('an assignment', `Write ${property}=${clip(first.text)}.`);
  }
  const property = parseProperty(cursor, 'an assignment to a property');
  takeAssign(cursor);
  const expression = parseExpression(cursor);
  if (property === undefined) return;
  if (assignments.some((other) => other.property === property))
    cursor.diagnostics.error('duplicate-assignment', first, `${property} is assigned twice.`);
  else assignments.push({ ...cursor.span(first), property, expression });
}

function takeAssign(cursor: Cursor): void {
  const { token } = cursor;
  if (!cursor.sees('==')) {
    cursor.expect('=');
    return;
  }
  cursor.diagnostics.error('assignment-operator', token, 'One = assigns; == compares.', 'Write =.');
  cursor.advance();
}

function checkComplete(
  cursor: Cursor,
  action: ActionName,
  copied: Name | undefined,
  made: readonly Assignment[],
): void {
  if (action === 'permit' || action === 'deny' || copied !== undefined) return;
  for (const property of ['type', 'value'] as const) {
    if (made.some((assignment) => assignment.property === property)) continue;
    const message = `${action} lacks ${property}=.`;
    cursor.diagnostics.error('missing-assignment', cursor.token, message, 'Write type= and value=, or claim= alone.');
  }
}
