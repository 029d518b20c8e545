/** Selects the claims that satisfy a condition (policy language, section 5: Condition, Test). */
import type { Budget } from '../budget.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import { propertyOf } from './compile-expression.ts';
import type { Bound, CompiledCondition, CompiledTest, Run } from './program.ts';
import { areSame, type ValueSet } from './values.ts';

/** The values of the right-hand sides of a condition, in the order of its tests. */
export type Operands = readonly ValueSet[];

const noOperands: Operands = [];

/** Evaluates the right-hand sides, once, left to right, whether or not a claim will be tried. */
export function operandsOf(run: Run, condition: CompiledCondition, bound: Bound): Operands {
  return condition.computes ? condition.allTests.map((test) => test.operand(run, bound)) : noOperands;
}

/** The claims that satisfy all tests, in the order of the incoming set. */
export function select(run: Run, condition: CompiledCondition, operands: Operands): readonly Claim[] {
  const { tests } = condition;
  const candidates = condition.slot < 0 ? run.claims : run.inSlot(condition.slot);
  run.budget.charge(candidates.length * (1 + tests.length));
  if (tests.length === 0) return candidates.slice();
  const selected: Claim[] = [];
  for (const claim of candidates) if (satisfies(run.budget, condition, claim, operands)) selected.push(claim);
  return selected;
}

function satisfies(budget: Budget, condition: CompiledCondition, claim: Claim, operands: Operands): boolean {
  for (const test of condition.tests) {
    const operand = test.literal === undefined ? operands[test.place] : undefined;
    if (!passes(budget, test, claim, operand)) return false;
  }
  return true;
}

/** Whether a claim passes one test. `operand`: the values of a computed right-hand side. */
export function passes(budget: Budget, test: CompiledTest, claim: Claim, operand: ValueSet | undefined): boolean {
  const actual = propertyOf(claim, test.property);
  if (test.literal !== undefined) return compare(budget, test.operator, actual, test.literal);
  return holdsForOne(budget, test, actual, operand);
}

/** A test holds if it holds for one value of the set, hence never for an empty set. */
function holdsForOne(budget: Budget, test: CompiledTest, actual: ClaimValue, operand: ValueSet | undefined): boolean {
  if (operand === undefined) return false;
  budget.charge(operand.values.length);
  return operand.values.some((wanted) => compare(budget, test.operator, actual, wanted));
}

function compare(budget: Budget, operator: CompiledTest['operator'], actual: ClaimValue, wanted: ClaimValue): boolean {
  if (operator === '==' || operator === '!=') {
    return areSame(actual, wanted, budget) === (operator === '==');
  }
  if (typeof actual !== 'bigint' || typeof wanted !== 'bigint') return false;
  switch (operator) {
    case '<':
      return actual < wanted;
    case '<=':
      return actual <= wanted;
    case '>':
      return actual > wanted;
    case '>=':
      return actual >= wanted;
  }
}
