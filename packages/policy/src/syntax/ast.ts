/** The syntax tree of a policy (policy language, section 2). Every node knows its place; nothing in it is evaluated. */
import type { Span } from '../diagnostic.ts';
import type { ActionName, FunctionName, PropertyName, SectionName } from './vocabulary.ts';

export interface Name extends Span {
  readonly text: string;
}

export interface PolicyTree {
  /** Undefined when the text has no usable version. */
  readonly version: Name | undefined;
  readonly sections: readonly Section[];
}

export interface Section {
  readonly name: Name;
  /** Undefined for an unknown section, which has been reported. */
  readonly kind: SectionName | undefined;
  readonly rules: readonly Rule[];
}

export interface Rule extends Span {
  readonly conditions: readonly Condition[];
  readonly action: Action;
}

export interface Condition extends Span {
  /** The `!`, if there is one. */
  readonly negation: Span | undefined;
  readonly identifier: Name | undefined;
  readonly tests: readonly Test[];
}

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface Test extends Span {
  readonly property: PropertyName;
  readonly operator: Comparison;
  readonly operand: Expression;
}

export interface Action extends Span {
  readonly name: ActionName;
  readonly nameSpan: Span;
  /** `claim=c`. */
  readonly copied: Name | undefined;
  readonly assignments: readonly Assignment[];
}

export interface Assignment extends Span {
  readonly property: PropertyName;
  readonly expression: Expression;
}

export type Expression = Literal | Reference | Call | Unusable;

export interface Literal extends Span {
  readonly kind: 'literal';
  readonly value: string | bigint | boolean;
}

export interface Reference extends Span {
  readonly kind: 'reference';
  readonly identifier: Name;
  readonly property: PropertyName;
}

export interface Call extends Span {
  readonly kind: 'call';
  readonly name: FunctionName;
  readonly nameSpan: Span;
  readonly arguments: readonly Expression[];
}

/** Stands where an expression was reported as wrong, so that the rest can still be checked. */
export interface Unusable extends Span {
  readonly kind: 'unusable';
}
