/** The syntax tree of a policy (policy language, section 2). Every node has its place in the text. */
import type { Span } from '../diagnostic.ts';
import type { ActionName, FunctionName, PropertyName, SectionName } from './vocabulary.ts';

/** A word of the text with its place. */
export interface Name extends Span {
  readonly text: string;
}

/** A whole policy. */
export interface PolicyTree {
  /** Undefined when the text has no usable version. */
  readonly version: Name | undefined;
  readonly sections: readonly Section[];
}

/** `authorizationrules { … };` and the others. */
export interface Section {
  readonly name: Name;
  /** Undefined for an unknown section, which is already reported. */
  readonly kind: SectionName | undefined;
  readonly rules: readonly Rule[];
}

/** Conditions, `=>` and an action. */
export interface Rule extends Span {
  readonly conditions: readonly Condition[];
  readonly action: Action;
}

/** `c:[type=="…", value==…]`. */
export interface Condition extends Span {
  /** The `!`, if there is one. */
  readonly negation: Span | undefined;
  readonly identifier: Name | undefined;
  readonly tests: readonly Test[];
}

/** The operators of a test. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** `property operator operand`. */
export interface Test extends Span {
  readonly property: PropertyName;
  readonly operator: Comparison;
  readonly operand: Expression;
}

/** `permit()`, `issue(type=…, value=…)` and the others. */
export interface Action extends Span {
  readonly name: ActionName;
  readonly nameSpan: Span;
  /** `claim=c`. */
  readonly copied: Name | undefined;
  readonly assignments: readonly Assignment[];
}

/** `property=expression`. */
export interface Assignment extends Span {
  readonly property: PropertyName;
  readonly expression: Expression;
}

/** The right-hand side of a test or an assignment. */
export type Expression = Literal | Reference | Call | Unusable;

/** A string, an integer or a Boolean value. */
export interface Literal extends Span {
  readonly kind: 'literal';
  readonly value: string | bigint | boolean;
}

/** `c.value`: a property of the claims that an identifier stands for. */
export interface Reference extends Span {
  readonly kind: 'reference';
  readonly identifier: Name;
  readonly property: PropertyName;
}

/** A call of a function. */
export interface Call extends Span {
  readonly kind: 'call';
  readonly name: FunctionName;
  readonly nameSpan: Span;
  readonly arguments: readonly Expression[];
}

/** Replaces an expression with a reported error, so that the rest can still be checked. */
export interface Unusable extends Span {
  readonly kind: 'unusable';
}
