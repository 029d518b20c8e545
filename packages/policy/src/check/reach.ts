/** Finds rules that can never run, and policies that never permit. */
import type { Diagnostics, Span } from '../diagnostic.ts';
import type { PolicyTree, Rule } from '../syntax/ast.ts';

/** Reports rules that never run, and a policy that never permits. */
export function lintReach(tree: PolicyTree, diagnostics: Diagnostics): void {
  const authorization = tree.sections.find((section) => section.kind === 'authorizationrules');
  if (authorization === undefined) {
    const message = 'There are no authorizationrules: every request is refused.';
    diagnostics.warn('nothing-permits', tree.version ?? start, message, 'Write authorizationrules { => permit(); };');
    return;
  }
  const { rules, name } = authorization;
  const wall = rules.findIndex(({ conditions, action }) => action.name === 'deny' && conditions.length === 0);
  const dead = wall < 0 ? [] : rules.slice(wall + 1);
  for (const rule of dead) {
    diagnostics.note('dead-rule', rule, 'This rule never runs: an unconditional deny stands before it.');
  }
  if (wall >= 0 || !rules.some(isPermit)) {
    const message = 'No rule of authorizationrules can permit: every request is refused.';
    diagnostics.note('nothing-permits', name, message, wall < 0 ? 'Write a rule that ends in => permit();' : undefined);
  }
}

const start: Span = { offset: 0, line: 1, column: 1, length: 0 };

function isPermit({ action }: Rule): boolean {
  return action.name === 'permit';
}
