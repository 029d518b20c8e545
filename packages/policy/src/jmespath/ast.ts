/**
 * The syntax tree of a JMESPath query (jmespath.org, specification). Chains (`a.b[0] | c`) are lists of steps rather than nested pairs, so
 * that a long chain costs no depth. `depth` bounds the recursion of whoever walks the tree; `nodes` is the size of the tree.
 */
import type { JsonValue } from '../json/value.ts';

/** A comparison by order. */
export type Ordering = '<' | '<=' | '>' | '>=';

/** A node of the tree. */
export type QueryNode = QuerySize & QueryForm;

/** The size of the tree below a node, the node included. */
export interface QuerySize {
  readonly depth: number;
  readonly nodes: number;
}

/** What a node does. */
export type QueryForm =
  | { readonly kind: 'current' }
  | { readonly kind: 'literal'; readonly value: JsonValue }
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice';
      readonly start: number | undefined;
      readonly stop: number | undefined;
      readonly step: number;
    }
  | { readonly kind: 'flatten' }
  | { readonly kind: 'chain'; readonly steps: QueryNode[] }
  | { readonly kind: 'projection'; readonly each: QueryNode }
  | { readonly kind: 'values'; readonly each: QueryNode }
  | { readonly kind: 'filter'; readonly condition: QueryNode; readonly each: QueryNode }
  | { readonly kind: 'list'; readonly items: readonly QueryNode[] }
  | { readonly kind: 'hash'; readonly members: readonly (readonly [string, QueryNode])[] }
  | { readonly kind: 'or' | 'and'; readonly operands: QueryNode[] }
  | { readonly kind: 'not'; readonly operand: QueryNode }
  | { readonly kind: 'equal' | 'unequal'; readonly left: QueryNode; readonly right: QueryNode }
  | { readonly kind: 'order'; readonly operator: Ordering; readonly left: QueryNode; readonly right: QueryNode }
  | { readonly kind: 'call'; readonly name: string; readonly parameters: readonly QueryParameter[] };

/** An argument of a function: a value, or with `&` an expression that the function applies. */
export interface QueryParameter {
  readonly isExpression: boolean;
  readonly node: QueryNode;
}
