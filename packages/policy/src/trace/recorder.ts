/**
 * Records the trace of an evaluation. Without a trace there is no recorder and no cost. A trace has its own budget, so that a verdict never
 * depends on whether it was traced.
 */

import { Budget } from '../budget.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import { propertyOf } from '../evaluate/compile-expression.ts';
import { type Operands, passes } from '../evaluate/conditions.ts';
import type { CompiledCondition, CompiledRule } from '../evaluate/program.ts';
import { limits } from '../limits.ts';
import { settleAt } from '../refusal.ts';
import type { Action } from '../syntax/ast.ts';
import { type Effect, mostShown, type TraceCondition, type TraceRule, type TraceTest } from './trace.ts';

/** Records what an evaluation does, up to a size. */
export class Recorder {
  readonly #budget: Budget;
  readonly #rules: TraceRule[] = [];
  #full = false;
  #conditions: TraceCondition[] = [];
  #made: Claim[] = [];
  #isShortened = false;

  constructor(work: number = limits.traceWork) {
    this.#budget = new Budget(Math.min(work, limits.traceWork), limits.traceLength);
  }

  /** The rules so far. */
  get rules(): readonly TraceRule[] {
    return this.#rules;
  }

  /** Records a condition over these claims. */
  condition(
    claims: readonly Claim[],
    condition: CompiledCondition,
    operands: Operands,
    selected: readonly Claim[],
    holds: boolean,
  ): void {
    const { tree, negated } = condition;
    const details = this.#paid(() => ({
      tests: this.#testsOf(claims, condition, operands),
      claims: selected.slice(0, mostShown).map((claim) => this.#shown(claim)),
    }));
    this.#conditions.push({
      line: tree.line,
      column: tree.column,
      ...(tree.identifier === undefined ? {} : { identifier: tree.identifier.text }),
      negated,
      holds,
      selected: selected.length,
      ...(details ?? { tests: [], claims: [], shortened: true }),
    });
  }

  /** Records a claim that the action made. */
  made(claim: Claim): void {
    const shown = this.#paid(() => this.#shown(claim));
    if (shown === undefined) this.#isShortened = true;
    else this.#made.push(shown);
  }

  /** Records the end of a rule. */
  end({ tree, section }: CompiledRule, effect: Effect): void {
    const { line, column, action } = tree;
    const conditions = this.#conditions;
    const wouldMake = effect === 'skipped' ? madeType(action) : undefined;
    this.#rules.push({
      section,
      line,
      column,
      action: action.name,
      effect,
      conditions,
      made: this.#made,
      ...(wouldMake === undefined ? {} : { wouldMake }),
      ...(this.#isShortened ? { shortened: true } : {}),
    });
    this.#conditions = [];
    this.#made = [];
    this.#isShortened = false;
  }

  /** The result of the work; undefined once the trace is full. */
  #paid<Value>(work: () => Value): Value | undefined {
    if (this.#full) return undefined;
    const outcome = settleAt('trace', work);
    if (outcome.ok) return outcome.value;
    this.#full = true;
    return undefined;
  }

  /** Applies the tests in order, to show the first that no claim passes. */
  #testsOf(claims: readonly Claim[], condition: CompiledCondition, operands: Operands): TraceTest[] {
    let passing = claims;
    return condition.allTests.map((test, index) => {
      const { line, column } = test.tree;
      const { property, operator, literal } = test;
      const operand = operands[index];
      const wanted = literal === undefined ? (operand?.values ?? []) : [literal];
      const reached = passing;
      this.#budget.charge(1 + 2 * reached.length);
      passing = reached.filter((claim) => passes(this.#budget, test, claim, operand));
      return {
        line,
        column,
        property,
        operator,
        wanted: wanted.slice(0, mostShown).map((value) => this.#paidValue(value)),
        actual: this.#distinct(reached, property),
        reached: reached.length,
        passed: passing.length,
      };
    });
  }

  #paidValue<Value extends ClaimValue>(value: Value): Value {
    if (typeof value === 'string') this.#budget.chargeString(value.length);
    return value;
  }

  #shown(claim: Claim): Claim {
    this.#paidValue(claim.type);
    this.#paidValue(claim.value);
    return claim;
  }

  /** The first distinct values of a property. */
  #distinct(claims: readonly Claim[], property: TraceTest['property']): ClaimValue[] {
    const values = new Set<ClaimValue>();
    for (const claim of claims) {
      if (values.size === mostShown) break;
      const value = propertyOf(claim, property);
      if (typeof value === 'string') this.#budget.chargeLookup(value, values.size);
      values.add(value);
    }
    return [...values].map((value) => this.#paidValue(value));
  }
}

function madeType({ assignments }: Action): string | undefined {
  const type = assignments.find(({ property }) => property === 'type')?.expression;
  return type?.kind === 'literal' && typeof type.value === 'string' ? type.value : undefined;
}
