/**
 * What a policy is compiled to: rules whose conditions and actions run without looking at the text again; and what they see of the
 * evaluation that runs them.
 */
import type { Budget } from '../budget.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import type { CompiledQuery } from '../jmespath/compile.ts';
import type { JsonValue } from '../json/value.ts';
import type { Comparison, Condition, Rule, Test } from '../syntax/ast.ts';
import type { PropertyName, SectionName } from '../syntax/vocabulary.ts';
import type { ValueSet } from './values.ts';

/** The claims that each identifier of a rule stands for, in the order in which the rule binds them. */
export type Bound = readonly (readonly Claim[])[];

/** Computes the values of an expression. */
export type Evaluate = (run: Run, bound: Bound) => ValueSet;

/** Takes an action; the rule's conditions hold. */
export type Act = (run: Run, bound: Bound) => void;

/** One test of a condition, compiled. */
export interface CompiledTest {
  readonly tree: Test;
  readonly property: PropertyName;
  readonly operator: Comparison;
  /** The single value of a literal; undefined when `operand` computes the values. */
  readonly literal: ClaimValue | undefined;
  readonly operand: Evaluate;
  /** Its place among the tests of its condition. */
  readonly place: number;
}

/** One condition of a rule, compiled. */
export interface CompiledCondition {
  readonly tree: Condition;
  readonly negated: boolean;
  readonly binds: boolean;
  /** The slot of its `type == literal`; -1 when it has none and all claims are candidates. */
  readonly slot: number;
  /** All tests but the one that the slot stands for. */
  readonly tests: readonly CompiledTest[];
  /** All tests, as written. */
  readonly allTests: readonly CompiledTest[];
  /** Whether a right-hand side is more than a literal. */
  readonly computes: boolean;
}

/** One rule, compiled. */
export interface CompiledRule {
  readonly tree: Rule;
  readonly section: SectionName;
  readonly conditions: readonly CompiledCondition[];
  readonly act: Act;
}

/** A compiled policy. */
export interface Program {
  /** Each type that a condition compares with, and its place in the index of claims. */
  readonly slots: ReadonlyMap<string, number>;
  readonly sections: Readonly<Record<SectionName, readonly CompiledRule[]>>;
}

/** A remark that only an evaluation can make. */
export interface RunWarning {
  readonly rule: CompiledRule;
  readonly message: string;
}

/** One evaluation as rules see it. */
export interface Run {
  readonly program: Program;
  readonly budget: Budget;
  /** Told of each claim that an action makes; absent: nobody asks. */
  readonly recorder: { made(claim: Claim): void } | undefined;
  /** The incoming set. */
  readonly claims: readonly Claim[];
  readonly properties: Map<string, ClaimValue>;
  readonly configuration: Map<string, ClaimValue>;
  readonly warnings: RunWarning[];
  /** The rule that runs: where an evaluation error stands. */
  readonly rule: CompiledRule | undefined;
  /** The claims whose type is the literal of this slot. */
  inSlot(slot: number): readonly Claim[];
  /** Adds to the incoming set. */
  append(claim: Claim): void;
  /** Puts a value among the outgoing claims: equal ones once, in order of issue. */
  issue(type: string, value: ClaimValue): void;
  /** The JSON document that a text holds; every use is paid for, and read once. */
  document(text: string): JsonValue;
  /** Remembers the document of a text that was just written, and that the budget keeps. */
  remember(text: string, document: JsonValue): void;
  /** A query that rules built, compiled; it lasts as long as the evaluation. */
  query(text: string): CompiledQuery;
}
