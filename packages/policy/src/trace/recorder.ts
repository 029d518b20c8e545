/** Writes down an evaluation while it runs. Costs nothing where no trace is asked for: there is no recorder then. */
import type { Claim, ClaimValue } from '../claims/claim.ts';
import { propertyOf } from '../evaluate/compile-expression.ts';
import { type Operands, passes } from '../evaluate/conditions.ts';
import type { CompiledCondition, CompiledRule } from '../evaluate/program.ts';
import type { Run } from '../evaluate/run.ts';
import { type Effect, mostShown, type TraceCondition, type TraceRule, type TraceTest } from './trace.ts';

export class Recorder {
  readonly #rules: TraceRule[] = [];
  #conditions: TraceCondition[] = [];
  #made: Claim[] = [];

  /** The rules so far. */
  get rules(): readonly TraceRule[] {
    return this.#rules;
  }

  /** A condition was decided. */
  condition(
    run: Run,
    condition: CompiledCondition,
    operands: Operands,
    selected: readonly Claim[],
    holds: boolean,
  ): void {
    const { tree, negated } = condition;
    this.#conditions.push({
      line: tree.line,
      column: tree.column,
      ...(tree.identifier === undefined ? {} : { identifier: tree.identifier.text }),
      negated,
      holds,
      tests: testsOf(run, condition, operands),
      selected: selected.length,
      claims: selected.slice(0, mostShown),
    });
  }

  /** The action made a claim. */
  made(claim: Claim): void {
    this.#made.push(claim);
  }

  /** The rule is done. */
  end({ tree, section }: CompiledRule, effect: Effect): void {
    const { line, column, action } = tree;
    const conditions = this.#conditions;
    this.#rules.push({ section, line, column, action: action.name, effect, conditions, made: this.#made });
    this.#conditions = [];
    this.#made = [];
  }
}

/** Applies the tests one after the other, so that the first that no claim passes shows. */
function testsOf(run: Run, condition: CompiledCondition, operands: Operands): TraceTest[] {
  let claims: readonly Claim[] = run.claims;
  return condition.allTests.map((test, index) => {
    const { line, column } = test.tree;
    const { property, operator, literal } = test;
    const wanted = literal === undefined ? (operands[index]?.values ?? []) : [literal];
    const reached = claims;
    claims = reached.filter((claim) => passes(run, test, claim, operands[index]));
    return {
      line,
      column,
      property,
      operator,
      wanted: wanted.slice(0, mostShown),
      actual: distinctOf(reached, property),
      reached: reached.length,
      passed: claims.length,
    };
  });
}

function distinctOf(claims: readonly Claim[], property: TraceTest['property']): ClaimValue[] {
  const values = new Set<ClaimValue>();
  for (const claim of claims) {
    if (values.size === mostShown) break;
    values.add(propertyOf(claim, property));
  }
  return [...values];
}
