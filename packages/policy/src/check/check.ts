/** Checks a parsed policy for everything that can be known before a request (policy language, section 2). */
import type { Expression, PolicyTree, Rule } from '../syntax/ast.ts';
import type { SectionName } from '../syntax/vocabulary.ts';
import { checkAction } from './actions.ts';
import { checkCondition } from './conditions.ts';
import type { CheckContext } from './context.ts';
import { checkExpression } from './expressions.ts';
import { bind, checkCopied, type Scope } from './identifiers.ts';
import { lintReach } from './reach.ts';
import { lintServiceClaims } from './service-claims.ts';
import { checkFunctionVersion, checkNegationVersion, checkSectionVersion } from './versions.ts';

/** Checks a parsed policy. */
export function checkPolicy(tree: PolicyTree, context: CheckContext): void {
  const isWhole = context.diagnostics.errorCount === 0;
  for (const section of tree.sections) {
    if (section.kind === undefined) continue;
    checkSectionVersion(section.name, section.kind, context);
    for (const rule of section.rules) checkRule(rule, section.kind, context);
  }
  lintServiceClaims(tree, context);
  // An unreadable part may contain the rule that permits.
  if (isWhole) lintReach(tree, context.diagnostics);
}

function checkRule(rule: Rule, section: SectionName, context: CheckContext): void {
  const scope: Scope = new Map();
  for (const condition of rule.conditions) {
    checkNegationVersion(condition, context);
    for (const test of condition.tests) checkOperand(test.operand, scope, context, condition.identifier?.text);
    checkCondition(condition, context.diagnostics);
    bind(condition, scope, context.diagnostics);
  }
  const { action } = rule;
  if (action.copied !== undefined) checkCopied(action.copied, scope, context.diagnostics);
  for (const { expression } of action.assignments) checkOperand(expression, scope, context, undefined);
  checkAction(action, section, context);
}

function checkOperand(
  expression: Expression,
  scope: Scope,
  context: CheckContext,
  beingBound: string | undefined,
): void {
  if (expression.kind === 'call') {
    checkFunctionVersion(expression, context);
    for (const argument of expression.arguments) checkOperand(argument, scope, context, beingBound);
  }
  checkExpression(expression, scope, context.diagnostics, beingBound);
}
