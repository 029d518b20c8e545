/** The trace of an evaluation, rule by rule. */
import type { Claim, ClaimValue } from '../claims/claim.ts';
import type { Comparison } from '../syntax/ast.ts';
import type { ActionName, PropertyName, SectionName } from '../syntax/vocabulary.ts';

/** A place in the policy text; line and column count from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** One test of a condition. The tests of a condition are applied in turn: each sees the claims that passed those before it. */
export interface TraceTest extends Place {
  readonly property: PropertyName;
  readonly operator: Comparison;
  /** The values on the right-hand side. */
  readonly wanted: readonly ClaimValue[];
  /** The distinct values that the property had on the claims that reached this test; at most 16. */
  readonly actual: readonly ClaimValue[];
  /** How many claims reached the test, and how many passed it. */
  readonly reached: number;
  readonly passed: number;
}

/** One condition of a rule. */
export interface TraceCondition extends Place {
  readonly identifier?: string;
  readonly negated: boolean;
  readonly holds: boolean;
  readonly tests: readonly TraceTest[];
  /** How many claims were selected, and the first 16 of them. */
  readonly selected: number;
  readonly claims: readonly Claim[];
  /** The trace is full: tests and claims are left out. */
  readonly shortened?: true;
}

/** What a rule did: `skipped` when a condition did not hold. */
export type Effect = 'skipped' | 'permitted' | 'denied' | 'made' | 'failed';

/** One rule that was evaluated. */
export interface TraceRule extends Place {
  readonly section: SectionName;
  readonly action: ActionName;
  readonly effect: Effect;
  /** The conditions up to the first that did not hold. */
  readonly conditions: readonly TraceCondition[];
  /** The claims that the action made. */
  readonly made: readonly Claim[];
  /** For a skipped rule: the type of the claims that it would have made, if the policy names one. */
  readonly wouldMake?: string;
  /** The trace is full: claims that the action made are left out. */
  readonly shortened?: true;
}

/** The maximum number of values or claims that a trace shows. */
export const mostShown = 16;
