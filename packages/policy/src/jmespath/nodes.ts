/** Builds the nodes of a query's tree, tracks their sizes, and refuses trees that nest too deep. */

import { limits } from '../limits.ts';
import { fail } from '../refusal.ts';
import type { Ordering, QueryForm, QueryNode, QueryParameter } from './ast.ts';

/** `@`: the value that the query is applied to. */
export const current: QueryNode = { kind: 'current', depth: 1, nodes: 1 };

function node(form: QueryForm, children: readonly QueryNode[]): QueryNode {
  let depth = 0;
  let nodes = 1;
  for (const child of children) {
    depth = Math.max(depth, child.depth);
    nodes += child.nodes;
  }
  return sized(form, depth + 1, nodes);
}

function sized(form: QueryForm, depth: number, nodes: number): QueryNode {
  if (depth > limits.queryDepth)
    fail('limit-query-depth', `A query may nest at most ${limits.queryDepth} levels deep.`);
  return { ...form, depth, nodes };
}

/** A node without children. */
export function leaf(form: QueryForm): QueryNode {
  return node(form, []);
}

/** `left` and then `right` on its result. Takes over the steps of a chain on the left, so that long chains build in linear time. */
export function chain(left: QueryNode, right: QueryNode): QueryNode {
  if (left.kind === 'current') return right;
  if (left.kind !== 'chain') return node({ kind: 'chain', steps: [left, right] }, [left, right]);
  const { steps } = left;
  steps.push(right);
  return sized({ kind: 'chain', steps }, Math.max(left.depth, right.depth + 1), left.nodes + right.nodes);
}

/** `left[*]…`: applies `each` to every element of an array. */
export function project(left: QueryNode, each: QueryNode): QueryNode {
  return chain(left, node({ kind: 'projection', each }, [each]));
}

/** `left.*…`: applies `each` to the value of every member of an object. */
export function projectValues(left: QueryNode, each: QueryNode): QueryNode {
  return chain(left, node({ kind: 'values', each }, [each]));
}

/** `left[?condition]…`: applies `each` to the elements for which the condition holds. */
export function filter(left: QueryNode, condition: QueryNode, each: QueryNode): QueryNode {
  return chain(left, node({ kind: 'filter', condition, each }, [condition, each]));
}

/** `[a, b]`: an array of the results. */
export function list(items: readonly QueryNode[]): QueryNode {
  return node({ kind: 'list', items }, items);
}

/** `{name: a}`: an object of the results. */
export function hash(members: readonly (readonly [string, QueryNode])[]): QueryNode {
  return node(
    { kind: 'hash', members },
    members.map(([, member]) => member),
  );
}

/** `!operand`. */
export function not(operand: QueryNode): QueryNode {
  return node({ kind: 'not', operand }, [operand]);
}

/** `||` and `&&`: the first operand that decides. Takes over the operands of the same kind on the left. */
export function connect(kind: 'or' | 'and', left: QueryNode, right: QueryNode): QueryNode {
  if (left.kind !== kind) return node({ kind, operands: [left, right] }, [left, right]);
  const { operands } = left;
  operands.push(right);
  return sized({ kind, operands }, Math.max(left.depth, right.depth + 1), left.nodes + right.nodes);
}

/** A comparison; undefined when the symbol is not a comparison operator. */
export function comparison(symbol: string, left: QueryNode, right: QueryNode): QueryNode | undefined {
  if (symbol === '==') return node({ kind: 'equal', left, right }, [left, right]);
  if (symbol === '!=') return node({ kind: 'unequal', left, right }, [left, right]);
  const operator = (['<', '<=', '>', '>='] as const).find((known: Ordering) => known === symbol);
  return operator === undefined ? undefined : node({ kind: 'order', operator, left, right }, [left, right]);
}

/** `name(…)`: a call of a function. */
export function call(name: string, parameters: readonly QueryParameter[]): QueryNode {
  return node(
    { kind: 'call', name, parameters },
    parameters.map((parameter) => parameter.node),
  );
}
