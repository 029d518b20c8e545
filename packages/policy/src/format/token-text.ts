/** Formats tokens: keywords in their canonical case, `==` in tests, spaces only after commas. */
import type { Token } from '../syntax/token.ts';
import { actionNames, functionNames, lookUp, propertyNames, sectionNames } from '../syntax/vocabulary.ts';

const words = [
  'version',
  'claim',
  'true',
  'false',
  ...sectionNames,
  ...actionNames,
  ...propertyNames,
  ...functionNames,
];

/** A run of tokens on one line. */
export function textOf(tokens: readonly Token[]): string {
  let text = '';
  let inTests = false;
  for (const [index, token] of tokens.entries()) {
    if (token.text === '[') inTests = true;
    if (token.text === ']') inTests = false;
    if (token.kind === 'operator') text += operatorText(token.text, inTests);
    else text += isLanguageWord(tokens, index) ? (lookUp(words, token.text) ?? token.text) : token.text;
  }
  return text.trimEnd();
}

function operatorText(operator: string, inTests: boolean): string {
  if (operator === '=' && inTests) return '==';
  return operator === ',' || operator === '&&' || operator === '=>' ? `${operator} ` : operator;
}

/** Identifiers precede `:` or `.`, or follow `claim=`; all other words are keywords. */
function isLanguageWord(tokens: readonly Token[], index: number): boolean {
  if (tokens[index]?.kind !== 'word') return false;
  const next = tokens[index + 1];
  if (next?.kind === 'operator' && (next.text === ':' || next.text === '.')) return false;
  const assigns = tokens[index - 1]?.text.startsWith('=') === true;
  return !(assigns && tokens[index - 2]?.text.toLowerCase() === 'claim');
}
