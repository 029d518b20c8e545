/** A compiled policy: rules whose conditions and actions run without the text, and the interface of the evaluation that runs them. */
import type { Budget } from '../budget.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import type { CompiledQuery } from '../jmespath/compile.ts';
import type { JsonValue } from '../json/value.ts';
import type { Comparison, Condition, Rule, Test } from '../syntax/ast.ts';
import type { PropertyName, SectionName } from '../syntax/vocabulary.ts';
import type { ValueSet } from './values.ts';

/** The claims of each identifier of a rule, in binding order. */
export type Bound = readonly (readonly Claim[])[];

/** Computes the values of an expression. */
export type Evaluate = (run: Run, bound: Bound) => ValueSet;

/** Runs an action; the conditions of its rule hold. */
export type Act = (run: Run, bound: Bound) => void;

/** One test of a condition, compiled. */
export interface CompiledTest {
  readonly tree: Test;
  readonly property: PropertyName;
  readonly operator: Comparison;
  /** The single value of a literal; undefined when `operand` computes the values. */
  readonly literal: ClaimValue | undefined;
  readonly operand: Evaluate;
  /** Its index among the tests of its condition. */
  readonly place: number;
}

/** One condition of a rule, compiled. */
export interface CompiledCondition {
  readonly tree: Condition;
  readonly negated: boolean;
  readonly binds: boolean;
  /** The slot of its `type == literal`; -1 when it has none and all claims are candidates. */
  readonly slot: number;
  /** All tests but the one that the slot replaces. */
  readonly tests: readonly CompiledTest[];
  /** All tests, as written. */
  readonly allTests: readonly CompiledTest[];
  /** Whether a right-hand side is computed. */
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
  /** The index slot of each claim type that a condition compares with. */
  readonly slots: ReadonlyMap<string, number>;
  readonly sections: Readonly<Record<SectionName, readonly CompiledRule[]>>;
}

/** A warning that only an evaluation can find. */
export interface RunWarning {
  readonly rule: CompiledRule;
  readonly message: string;
}

/** One evaluation as rules see it. */
export interface Run {
  readonly program: Program;
  readonly budget: Budget;
  /** Called with each claim that an action makes. */
  readonly recorder: { made(claim: Claim): void } | undefined;
  /** The incoming set. */
  readonly claims: readonly Claim[];
  readonly properties: Map<string, ClaimValue>;
  readonly configuration: Map<string, ClaimValue>;
  readonly warnings: RunWarning[];
  /** The running rule, the place of evaluation errors. */
  readonly rule: CompiledRule | undefined;
  /** The claims whose type is the literal of this slot. */
  inSlot(slot: number): readonly Claim[];
  /** Adds to the incoming set. */
  append(claim: Claim): void;
  /** Adds a value to the outgoing claims, once, in order of issue. */
  issue(type: string, value: ClaimValue): void;
  /** The JSON document of a string; parsed once, paid for at each use. */
  document(text: string): JsonValue;
  /** Caches the document of a string that was just written, and that the budget keeps. */
  remember(text: string, document: JsonValue): void;
  /** Compiles a query that rules built; cached until the evaluation ends. */
  query(text: string): CompiledQuery;
}
