/**
 * Compiles a JMESPath query to a function of a document. Every node that runs and every element that a node visits costs one unit of the
 * evaluation's budget, so that every query ends.
 */
import type { Budget } from '../budget.ts';
import { isNumber, type JsonObject, type JsonValue } from '../json/value.ts';
import type { Ordering, QueryForm, QueryNode } from './ast.ts';
import { compileCall } from './calls.ts';
import { parseQuery } from './parser.ts';
import { compileFilter, compileProjection, compileValues, flatten, slice } from './projections.ts';
import type { Run } from './step.ts';
import { areEqual, isTrue } from './values.ts';

/** A compiled query. */
export interface CompiledQuery {
  readonly run: Run;
  readonly tree: QueryNode;
}

/** Cells of a node and its compiled function. */
const nodeCells = 8;

/** Compiles a query; the budget pays for it. Refuses with `query-invalid`, `limit-query-depth`, or when the budget is exhausted. */
export function compileQuery(query: string, budget: Budget): CompiledQuery {
  const tree = parseQuery(query, budget);
  budget.hold(nodeCells * tree.nodes);
  return { run: compileNode(tree), tree };
}

function compileNode(node: QueryNode): Run {
  const run = compileForm(node);
  return (value, budget) => {
    budget.charge(1);
    return run(value, budget);
  };
}

function compileForm(node: QueryForm): Run {
  switch (node.kind) {
    case 'current':
      return (value) => value;
    case 'literal':
      return () => node.value;
    case 'field':
      return compileField(node.name);
    case 'index':
      return (value) => (Array.isArray(value) ? (value.at(node.index) ?? null) : null);
    case 'slice':
      return (value, budget) => slice(value, node.start, node.stop, node.step, budget);
    case 'flatten':
      return flatten;
    case 'chain':
      return compileChain(node.steps.map(compileNode));
    case 'projection':
      return compileProjection(compileEach(node.each));
    case 'values':
      return compileValues(compileEach(node.each));
    case 'filter':
      return compileFilter(compileNode(node.condition), compileEach(node.each));
    case 'list':
      return compileList(node.items.map(compileNode));
    case 'hash':
      return compileHash(node.members.map(([name, member]) => [name, compileNode(member)]));
    case 'or':
      return compileConnective(node.operands.map(compileNode), true);
    case 'and':
      return compileConnective(node.operands.map(compileNode), false);
    case 'not':
      return compileNot(compileNode(node.operand));
    case 'equal':
    case 'unequal':
      return compileEqual(compileNode(node.left), compileNode(node.right), node.kind === 'equal');
    case 'order':
      return compileOrder(node.operator, compileNode(node.left), compileNode(node.right));
    case 'call':
      return compileCall(
        node.name,
        node.parameters.map((parameter) => compileNode(parameter.node)),
      );
  }
}

/** The step that a projection applies; undefined when elements stay unchanged. */
function compileEach(each: QueryNode): Run | undefined {
  return each.kind === 'current' ? undefined : compileNode(each);
}

function compileField(name: string): Run {
  return (value, budget) => {
    if (!(value instanceof Map)) return null;
    budget.chargeLookup(name, value.size);
    return value.get(name) ?? null;
  };
}

function compileChain(steps: readonly Run[]): Run {
  return (value, budget) => {
    let result = value;
    for (const step of steps) result = step(result, budget);
    return result;
  };
}

function compileList(items: readonly Run[]): Run {
  return (value, budget) => {
    if (value === null) return null;
    budget.holdArray(items.length);
    return items.map((item) => item(value, budget));
  };
}

function compileHash(members: readonly (readonly [string, Run])[]): Run {
  return (value, budget) => {
    if (value === null) return null;
    budget.holdObject(members.length);
    const made: JsonObject = new Map();
    for (const [name, member] of members) {
      budget.chargeLookup(name, made.size);
      made.set(name, member(value, budget));
    }
    return made;
  };
}

/** The first operand whose truth is `decisive`, else the last one. */
function compileConnective(operands: readonly Run[], decisive: boolean): Run {
  return (value, budget) => {
    let result: JsonValue = null;
    for (const operand of operands) {
      result = operand(value, budget);
      if (isTrue(result) === decisive) return result;
    }
    return result;
  };
}

function compileNot(operand: Run): Run {
  return (value, budget) => !isTrue(operand(value, budget));
}

function compileEqual(left: Run, right: Run, wanted: boolean): Run {
  return (value, budget) => areEqual(left(value, budget), right(value, budget), budget) === wanted;
}

/** Only numbers are ordered; the result for other operands is `null`. */
function compileOrder(operator: Ordering, left: Run, right: Run): Run {
  const holds = orderings[operator];
  return (value, budget) => {
    const a = left(value, budget);
    const b = right(value, budget);
    return isNumber(a) && isNumber(b) ? holds(a, b) : null;
  };
}

const orderings: Readonly<Record<Ordering, (a: number | bigint, b: number | bigint) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};
