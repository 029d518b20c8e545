/** Warns of JMESPath queries that compile but do not do what their author expects (policy language, section 7). */
import type { Diagnostics, Span } from '../diagnostic.ts';
import type { QueryNode } from '../jmespath/ast.ts';

/** Reports comparisons of a filter's list with null. */
export function lintQuery(at: Span, tree: QueryNode, diagnostics: Diagnostics): void {
  if (!comparesFilterWithNull(tree)) return;
  const message = 'A filter gives a list, never null: the comparison has the same result for every document.';
  diagnostics.note('filter-never-null', at, message, 'Compare length(@) with `0` instead.');
}

/** `[?…] | @ != null`: a step that compares the current value with null, after one that filters. */
function comparesFilterWithNull(tree: QueryNode): boolean {
  if (tree.kind !== 'chain') return false;
  return tree.steps.some((step, index) => {
    const before = tree.steps[index - 1];
    return before !== undefined && endsInFilter(before) && isComparedWithNull(step);
  });
}

function endsInFilter(node: QueryNode): boolean {
  if (node.kind === 'filter') return true;
  return node.kind === 'chain' && node.steps.some(endsInFilter);
}

function isComparedWithNull(node: QueryNode): boolean {
  if (node.kind !== 'equal' && node.kind !== 'unequal') return false;
  const isNull = (side: QueryNode): boolean => side.kind === 'literal' && side.value === null;
  return (node.left.kind === 'current' && isNull(node.right)) || (node.right.kind === 'current' && isNull(node.left));
}
