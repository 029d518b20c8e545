/** Checks the number and types of function arguments (policy language, section 6). */

import { Budget } from '../budget.ts';
import type { Diagnostics } from '../diagnostic.ts';
import { compileQuery } from '../jmespath/compile.ts';
import { limits } from '../limits.ts';
import { settleAt } from '../refusal.ts';
import type { Call, Expression, Literal } from '../syntax/ast.ts';
import { arity, type FunctionName } from '../syntax/vocabulary.ts';
import { checkBound, type Scope } from './identifiers.ts';
import { lintQuery } from './query-lints.ts';

type Kind = 'String' | 'Boolean' | 'any';

/** The types of literal arguments, in order. */
const argumentKinds: Readonly<Record<FunctionName, readonly Kind[]>> = {
  JmesPath: ['String', 'String'],
  JsonToClaimValue: ['String'],
  IsSubsetOf: ['any', 'any'],
  AppendString: ['String', 'String'],
  NegateBool: ['Boolean'],
  ContainsOnlyValue: ['any', 'any'],
};

/** Checks one expression, without its arguments. */
export function checkExpression(
  expression: Expression,
  scope: Scope,
  diagnostics: Diagnostics,
  beingBound: string | undefined,
): void {
  if (expression.kind === 'reference') checkBound(expression.identifier, scope, diagnostics, beingBound);
  if (expression.kind === 'call') checkCall(expression, diagnostics);
}

function checkCall(call: Call, diagnostics: Diagnostics): void {
  const needed = arity[call.name];
  const given = call.arguments.length;
  if (given !== needed) {
    const message = `${call.name} takes ${needed} argument${needed === 1 ? '' : 's'}, not ${given}.`;
    diagnostics.error('argument-count', call.nameSpan, message);
    return;
  }
  call.arguments.forEach((argument, index) => {
    const kind = argumentKinds[call.name][index] ?? 'any';
    if (argument.kind === 'literal' && !isOf(argument, kind)) {
      diagnostics.error('literal-kind', argument, `${call.name} takes a ${kind} here.`);
    }
  });
  const query = call.arguments[1];
  if (call.name === 'JmesPath' && query?.kind === 'literal' && typeof query.value === 'string') {
    checkQuery(query, query.value, diagnostics);
  }
}

function isOf({ value }: Literal, kind: Kind): boolean {
  return kind === 'any' || typeof value === (kind === 'String' ? 'string' : 'boolean');
}

function checkQuery(at: Literal, query: string, diagnostics: Diagnostics): void {
  if (query.length > limits.literalQueryLength) {
    const message = `A query in a policy has at most ${limits.literalQueryLength} characters.`;
    diagnostics.error('limit-query', at, message);
    return;
  }
  const compiled = settleAt('query', () => compileQuery(query, new Budget()));
  if (compiled.ok) lintQuery(at, compiled.value.tree, diagnostics);
  else diagnostics.error(compiled.refusal.code, at, compiled.refusal.why, hintFor(query));
}

function hintFor(query: string): string | undefined {
  if (/\\\[|\\\*|\\\]/.test(query)) return 'Remove the backslashes before brackets and asterisks.';
  if (/==\s*-?\d/.test(query)) return 'Numbers stand in backticks: == `20`.';
  return undefined;
}
