/** Compiles a checked tree to a program. */
import type { Condition, PolicyTree, Rule, Test } from '../syntax/ast.ts';
import type { SectionName } from '../syntax/vocabulary.ts';
import { compileAction } from './actions.ts';
import { compileExpression, type Scope } from './compile-expression.ts';
import type { CompiledCondition, CompiledRule, CompiledTest, Program } from './program.ts';

/** Compiles a policy in which no error was found. */
export function compileProgram(tree: PolicyTree): Program {
  const slots = new Map<string, number>();
  const rulesOf = (kind: SectionName): CompiledRule[] =>
    tree.sections
      .filter((section) => section.kind === kind)
      .flatMap((section) => section.rules.map((rule) => compileRule(rule, kind, slots)));
  return {
    slots,
    sections: {
      configurationrules: rulesOf('configurationrules'),
      authorizationrules: rulesOf('authorizationrules'),
      issuancerules: rulesOf('issuancerules'),
    },
  };
}

function compileRule(rule: Rule, section: SectionName, slots: Map<string, number>): CompiledRule {
  const scope = new Map<string, number>();
  const conditions = rule.conditions.map((condition) => {
    const compiled = compileCondition(condition, scope, slots);
    if (condition.identifier !== undefined) scope.set(condition.identifier.text, scope.size);
    return compiled;
  });
  return { tree: rule, section, conditions, act: compileAction(rule.action, section, scope) };
}

function compileCondition(condition: Condition, scope: Scope, slots: Map<string, number>): CompiledCondition {
  const allTests = condition.tests.map((test, place) => compileTest(test, place, scope));
  const indexed = allTests.findIndex(
    (test) => test.property === 'type' && test.operator === '==' && typeof test.literal === 'string',
  );
  const type = allTests[indexed]?.literal;
  return {
    tree: condition,
    negated: condition.negation !== undefined,
    binds: condition.identifier !== undefined,
    slot: typeof type === 'string' ? slotOf(slots, type) : -1,
    tests: allTests.filter((_test, index) => index !== indexed),
    allTests,
    computes: allTests.some((test) => test.literal === undefined),
  };
}

function slotOf(slots: Map<string, number>, type: string): number {
  const known = slots.get(type);
  if (known !== undefined) return known;
  const slot = slots.size;
  slots.set(type, slot);
  return slot;
}

function compileTest(test: Test, place: number, scope: Scope): CompiledTest {
  const { property, operator, operand } = test;
  return {
    tree: test,
    property,
    operator,
    literal: operand.kind === 'literal' ? operand.value : undefined,
    operand: compileExpression(operand, scope),
    place,
  };
}
