/** Parses expressions: literals, references and function calls (policy language, section 2). */
import { limits } from '../limits.ts';
import type { Expression } from './ast.ts';
import { type Cursor, clip } from './cursor.ts';
import { functionNames, lookUp, nearest, propertyNames } from './vocabulary.ts';

/** Parses one expression. `depth`: number of enclosing calls. */
export function parseExpression(cursor: Cursor, depth = 0): Expression {
  const { token } = cursor;
  switch (token.kind) {
    case 'string':
    case 'integer':
      return parseLiteral(cursor);
    case 'word':
      if (cursor.sees('.', 1)) return parseReference(cursor);
      if (cursor.sees('(', 1)) return parseCall(cursor, depth);
      return parseBoolean(cursor);
    case 'placeholder':
      return { ...cursor.advance(), kind: 'unusable' };
    default:
      return cursor.unexpected(
        'a value',
        cursor.sees('[') ? 'One value stands here; write a rule for each.' : undefined,
      );
  }
}

function parseLiteral(cursor: Cursor): Expression {
  const token = cursor.advance();
  if (token.kind === 'integer' && cursor.sees('.') && cursor.peek(1).kind === 'integer') {
    cursor.advance();
    cursor.advance();
    const span = cursor.span(token);
    const hint = 'Values are strings, 64-bit integers and Booleans.';
    cursor.diagnostics.error('malformed-integer', span, 'A fraction is no value of the language.', hint);
    return { ...span, kind: 'unusable' };
  }
  if (token.value === undefined) return { ...token, kind: 'unusable' };
  const { offset, line, column, length, value } = token;
  return { kind: 'literal', value, offset, line, column, length };
}

function parseBoolean(cursor: Cursor): Expression {
  const { token } = cursor;
  const name = lookUp(['true', 'false'], token.text);
  if (name !== undefined) {
    cursor.advance();
    return { ...cursor.span(token), kind: 'literal', value: name === 'true' };
  }
  const hint = `Text stands in double quotes; a claim's value is ${clip(token.text)}.value.`;
  return cursor.unexpected('a value', hint);
}

function parseReference(cursor: Cursor): Expression {
  const identifier = cursor.advance();
  cursor.advance();
  const name = cursor.expectName(`a property (${propertyNames.join(', ')})`);
  const property = lookUp(propertyNames, name.text);
  if (property !== undefined) return { ...cursor.span(identifier), kind: 'reference', identifier, property };
  const meant = nearest(propertyNames, name.text);
  const hint = meant === undefined ? `Known are ${propertyNames.join(', ')}.` : `Did you mean ${meant}?`;
  cursor.diagnostics.error('unknown-property', name, `A claim has no property ${clip(name.text)}.`, hint);
  return { ...cursor.span(identifier), kind: 'unusable' };
}

function parseCall(cursor: Cursor, depth: number): Expression {
  const name = cursor.advance();
  if (depth >= limits.callDepth)
    cursor.stop(
      'limit-call-depth',
      name,
      `Functions nest at most ${limits.callDepth} deep.`,
      'Add a claim in between.',
    );
  cursor.advance();
  const parameters: Expression[] = [];
  if (!cursor.sees(')')) {
    do parameters.push(parseExpression(cursor, depth + 1));
    while (cursor.take(','));
  }
  if (!cursor.sees(')')) cursor.unexpected('"," or ")"');
  cursor.advance();
  const known = lookUp(functionNames, name.text);
  const span = cursor.span(name);
  if (known !== undefined) return { ...span, kind: 'call', name: known, nameSpan: name, arguments: parameters };
  const meant = nearest(functionNames, name.text);
  const hint = meant === undefined ? `Known are ${functionNames.join(', ')}.` : `Did you mean ${meant}?`;
  cursor.diagnostics.error('unknown-function', name, `There is no function ${clip(name.text)}.`, hint);
  return { ...span, kind: 'unusable' };
}
