/** Tracks which identifiers a rule binds, and checks that each is bound before it is used. */
import type { Diagnostics } from '../diagnostic.ts';
import type { Condition, Name } from '../syntax/ast.ts';
import { clip } from '../syntax/cursor.ts';

/** The identifiers bound so far, each with its place. */
export type Scope = Map<string, Name>;

/** Binds the identifier of a condition. */
export function bind({ identifier, negation }: Condition, scope: Scope, diagnostics: Diagnostics): void {
  if (identifier === undefined) return;
  if (negation !== undefined) {
    const message = `A negated condition selects nothing that ${clip(identifier.text)} could stand for.`;
    diagnostics.error('negated-identifier', identifier, message, 'Remove the identifier and its colon.');
  }
  const before = scope.get(identifier.text);
  if (before !== undefined) {
    const message = `${clip(identifier.text)} is bound twice, first in line ${before.line}, column ${before.column}.`;
    diagnostics.error('duplicate-identifier', identifier, message, 'Give one of them another name.');
    return;
  }
  scope.set(identifier.text, identifier);
}

/** Checks a use of an identifier. `beingBound` is the identifier of the enclosing condition. */
export function checkBound(name: Name, scope: Scope, diagnostics: Diagnostics, beingBound: string | undefined): void {
  if (scope.has(name.text)) return;
  if (name.text === beingBound) {
    const message = `${clip(name.text)} is used in the condition that binds it.`;
    diagnostics.error('unbound-identifier', name, message, 'Compare with an identifier of an earlier condition.');
    return;
  }
  const hint = scope.size === 0 ? 'Nothing is bound here; write c: before a condition.' : boundHere(scope);
  diagnostics.error('unbound-identifier', name, `${clip(name.text)} is not bound by a condition before.`, hint);
}

/** How many identifiers a hint names: a rule with errors may have thousands. */
const mostNamed = 10;

function boundHere(scope: Scope): string {
  const named = [...scope.keys()].slice(0, mostNamed).map(clip).join(', ');
  const more = scope.size - mostNamed;
  return more > 0 ? `Bound here: ${named} and ${more} more.` : `Bound here: ${named}.`;
}

/** Checks the identifier of `claim=`. */
export function checkCopied(name: Name, scope: Scope, diagnostics: Diagnostics): void {
  checkBound(name, scope, diagnostics, undefined);
}
