/** Checks that the policy's version allows the features it uses (policy language, section 3). */
import type { Span } from '../diagnostic.ts';
import type { Call, Condition, Name } from '../syntax/ast.ts';
import { type SectionName, type Version, versions } from '../syntax/vocabulary.ts';
import type { CheckContext } from './context.ts';

function requireVersion(least: Version, at: Span, what: string, { version, diagnostics }: CheckContext): void {
  if (version === undefined || versions.indexOf(version) >= versions.indexOf(least)) return;
  const message = `${what} needs version ${least}, and the policy is of version ${version}.`;
  diagnostics.error('needs-version', at, message, `Write version=${least}; at the beginning.`);
}

/** Reports a section that the policy's version does not have. */
export function checkSectionVersion(name: Name, kind: SectionName, context: CheckContext): void {
  if (kind === 'configurationrules') requireVersion('1.1', name, kind, context);
}

/** Reports a negation that the policy's version does not have. */
export function checkNegationVersion({ negation }: Condition, context: CheckContext): void {
  if (negation !== undefined) requireVersion('1.2', negation, 'The negation "!"', context);
}

/** Reports a function that the policy's version does not have. */
export function checkFunctionVersion({ name, nameSpan }: Call, context: CheckContext): void {
  requireVersion('1.2', nameSpan, `The function ${name}`, context);
}
