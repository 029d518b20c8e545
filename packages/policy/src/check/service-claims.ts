/** Checks conditions against the claims of the service: their names and their possible values (policy language, section 12). */
import { valueTypeOf } from '../claims/claim.ts';
import { isInServiceNames, serviceClaims } from '../claims/service-claims.ts';
import type { Action, Condition, Literal, PolicyTree, Test } from '../syntax/ast.ts';
import { nearest, type PropertyName } from '../syntax/vocabulary.ts';
import type { CheckContext } from './context.ts';

/** Reports misspelled claims of the service, and literals of another type than the claim's value. */
export function lintServiceClaims(tree: PolicyTree, context: CheckContext): void {
  const rules = tree.sections.flatMap((section) => section.rules);
  const made = new Set(rules.map(({ action }) => literalType(action)));
  for (const condition of rules.flatMap(({ conditions }) => conditions)) {
    const type = equalTo(condition, 'type');
    const issuer = equalTo(condition, 'issuer');
    // A claim that a rule makes belongs to the policy, even under a service name.
    if (typeof type?.value !== 'string' || made.has(type.value) || issuer?.value === 'AttestationPolicy') continue;
    checkType(type, type.value, context);
    checkValues(condition, type.value, context);
  }
}

function literalType({ assignments }: Action): Literal['value'] | undefined {
  const expression = assignments.find(({ property }) => property === 'type')?.expression;
  return expression?.kind === 'literal' ? expression.value : undefined;
}

function equalTo({ tests }: Condition, property: PropertyName): Literal | undefined {
  const operand = tests.find((test) => test.property === property && test.operator === '==')?.operand;
  return operand?.kind === 'literal' ? operand : undefined;
}

function checkType(at: Literal, type: string, { diagnostics, attestationType }: CheckContext): void {
  const known = serviceClaims(attestationType);
  if (!isInServiceNames(type) || known.has(type) || !diagnostics.hasRoom('note')) return;
  const whose = attestationType === undefined ? 'any attestation type' : attestationType;
  const meant = nearest([...known.keys()], type);
  const isOthers = serviceClaims(undefined).has(type);
  diagnostics.note(
    'unknown-service-claim',
    at,
    `The service has no claim ${type} for ${whose}.`,
    isOthers
      ? 'It is a claim of another attestation type.'
      : meant === undefined
        ? undefined
        : `Did you mean ${meant}?`,
  );
}

function checkValues({ tests }: Condition, type: string, { diagnostics }: CheckContext): void {
  const expected = serviceClaims(undefined).get(type);
  const wrong = expected === undefined ? undefined : tests.find((test) => isWrong(test, expected));
  if (expected === undefined || wrong === undefined) return;
  const always = wrong.operator === '!=';
  const message = `The value of ${type} is of type ${expected}: the test ${always ? 'always' : 'never'} holds.`;
  const hint = `Compare with a literal of type ${expected}.`;
  diagnostics.note(always ? 'always-holds' : 'never-holds', wrong.operand, message, hint);
}

/** A value of another type differs from every literal, so that only `!=` holds, and always does. */
function isWrong({ property, operator, operand }: Test, expected: string): boolean {
  if (property !== 'value' || operand.kind !== 'literal') return false;
  if (valueTypeOf(operand.value) !== expected) return true;
  return operator !== '==' && operator !== '!=' && expected !== 'Integer';
}
