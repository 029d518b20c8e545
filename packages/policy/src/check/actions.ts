/** Checks that actions are allowed in their section and that literal assignments are valid (policy language, sections 3, 8, 9, 10). */
import { claimValueTypes, valueTypeOf } from '../claims/claim.ts';
import type { Diagnostics } from '../diagnostic.ts';
import type { Action, Assignment, Literal } from '../syntax/ast.ts';
import { nearest, type PropertyName, type SectionName } from '../syntax/vocabulary.ts';
import type { CheckContext } from './context.ts';
import { namedProperty, namesAt, type PropertyPlace, propertyProblem } from './named-properties.ts';
import { isReservedType, isServiceType } from './reserved.ts';

const allowed: Readonly<Record<SectionName, readonly Action['name'][]>> = {
  configurationrules: ['issueproperty'],
  authorizationrules: ['permit', 'deny', 'add', 'issue'],
  issuancerules: ['add', 'issue', 'issueproperty'],
};

/** Checks an action of a section. */
export function checkAction(action: Action, section: SectionName, context: CheckContext): void {
  const { diagnostics } = context;
  if (!allowed[section].includes(action.name)) {
    const names = allowed[section].filter((name) => section !== 'authorizationrules' || name !== 'issue');
    diagnostics.error(
      'action-section',
      action.nameSpan,
      `${action.name} is not an action of ${section}.`,
      `Allowed here: ${names.join(', ')}.`,
    );
    return;
  }
  if (section === 'authorizationrules' && action.name === 'issue') {
    const message = 'Nothing is issued from authorizationrules: issue acts as add here.';
    diagnostics.warn('issue-as-add', action.nameSpan, message, 'Write add.');
  }
  checkAssignments(action.assignments, diagnostics);
  const type = literalOf(action.assignments, 'type');
  if (type === undefined || typeof type.value !== 'string') return;
  if (action.name === 'issue' && section === 'issuancerules') checkIssuedType(type, type.value, diagnostics);
  if (action.name === 'issueproperty') checkNamedProperty(action, type, type.value, section, context);
}

function literalOf(assignments: readonly Assignment[], property: PropertyName): Literal | undefined {
  const expression = assignments.find((assignment) => assignment.property === property)?.expression;
  return expression?.kind === 'literal' ? expression : undefined;
}

function checkAssignments(assignments: readonly Assignment[], diagnostics: Diagnostics): void {
  const type = literalOf(assignments, 'type');
  if (type !== undefined && (typeof type.value !== 'string' || type.value === ''))
    diagnostics.error('literal-kind', type, 'The type of a claim is a String that is not empty.');
  const issuer = literalOf(assignments, 'issuer');
  if (issuer !== undefined && issuer.value !== 'AttestationPolicy') {
    const message = 'Rules make claims of the issuer AttestationPolicy only.';
    diagnostics.error('literal-kind', issuer, message, 'Leave issuer= out.');
  }
  const valueType = literalOf(assignments, 'valueType');
  if (valueType === undefined) return;
  const value = literalOf(assignments, 'value');
  if (!claimValueTypes.some((name) => name === valueType.value)) {
    const hint = `There are ${claimValueTypes.join(', ')}.`;
    diagnostics.error('literal-kind', valueType, 'There is no such value type.', hint);
  } else if (value !== undefined && valueTypeOf(value.value) !== valueType.value) {
    const message = `The value is of type ${valueTypeOf(value.value)}.`;
    diagnostics.error('literal-kind', valueType, message, 'Leave valueType= out: it follows from the value.');
  }
}

function checkIssuedType(at: Literal, type: string, diagnostics: Diagnostics): void {
  if (isReservedType(type)) {
    const message = `Only the service issues ${type}.`;
    diagnostics.error('reserved-claim', at, message, 'Choose another name.');
  } else if (isServiceType(type)) {
    const message = 'Names that begin with x-ms- are those of the service; what contradicts its claims is refused.';
    diagnostics.note('service-name-space', at, message);
  }
}

function checkNamedProperty(
  action: Action,
  at: Literal,
  name: string,
  section: SectionName,
  { diagnostics, attestationType }: CheckContext,
): void {
  const place: PropertyPlace = section === 'configurationrules' ? 'configuration' : 'properties';
  const known = namedProperty(place, name);
  if (known === undefined) {
    if (!diagnostics.hasRoom('warning')) return;
    const meant = nearest(namesAt(place), name);
    const hint = meant === undefined ? `Known are ${namesAt(place).join(', ')}.` : `Did you mean ${meant}?`;
    diagnostics.warn('property-unknown', at, 'The service knows no property of this name: it has no effect.', hint);
    return;
  }
  if (attestationType !== undefined && !known.appliesTo.includes(attestationType)) {
    const message = `${name} has no effect for ${attestationType}.`;
    diagnostics.warn('property-other-type', at, message, `It is for ${known.appliesTo.join(', ')}.`);
  }
  const value = literalOf(action.assignments, 'value');
  const problem = value === undefined ? undefined : propertyProblem(place, name, value.value);
  if (value !== undefined && problem !== undefined) diagnostics.error('property-value', value, problem);
}
