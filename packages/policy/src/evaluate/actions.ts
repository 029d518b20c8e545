/** Compiles the actions of rules (policy language, sections 3, 5, 8, 9, 10). */

import { namedProperty, type PropertyPlace, propertyProblem } from '../check/named-properties.ts';
import { isReservedType, isServiceType } from '../check/reserved.ts';
import type { Claim, ClaimValue } from '../claims/claim.ts';
import { fail } from '../refusal.ts';
import type { Action } from '../syntax/ast.ts';
import type { SectionName } from '../syntax/vocabulary.ts';
import type { Scope } from './compile-expression.ts';
import { compileMake, type Make } from './made-claims.ts';
import type { Act, CompiledRule, Run } from './program.ts';
import { areSame } from './values.ts';

/** Compiles an action. `permit` and `deny` have no effect here: the evaluator decides the verdict. */
export function compileAction(action: Action, section: SectionName, scope: Scope): Act {
  if (action.name === 'permit' || action.name === 'deny') return () => undefined;
  const make = compileMake(action, scope);
  if (action.name === 'add' || (action.name === 'issue' && section === 'authorizationrules')) return compileAdd(make);
  if (action.name === 'issue') return compileIssue(make);
  return compileProperty(make, section === 'configurationrules' ? 'configuration' : 'properties');
}

function compileAdd(make: Make): Act {
  return (run, bound) => {
    for (const claim of make(run, bound)) append(run, claim);
  };
}

function compileIssue(make: Make): Act {
  return (run, bound) => {
    for (const claim of make(run, bound)) {
      checkIssued(run, claim);
      append(run, claim);
      run.issue(claim.type, claim.value);
    }
  };
}

function append(run: Run, claim: Claim): void {
  run.append(claim);
  run.recorder?.made(claim);
}

function checkIssued(run: Run, { type, value, readOnly }: Claim): void {
  if (readOnly === true) fail('read-only-issued', `${shown(type)} holds what may be tested, but not issued`);
  if (isReservedType(type)) fail('reserved-claim', `only the service issues ${shown(type)}`);
  if (!isServiceType(type)) return;
  run.budget.charge(run.claims.length * (1 + (type.length >> 10)));
  const stated = run.claims.filter((claim) => claim.type === type && claim.issuer === 'AttestationService');
  if (stated.length > 0 && !stated.some((claim) => areSame(claim.value, value, run.budget)))
    fail('contradicts-service', `${shown(type)} contradicts the value that the service found`);
}

function compileProperty(make: Make, place: PropertyPlace): Act {
  return (run, bound) => {
    for (const claim of make(run, bound)) {
      const { type, value, readOnly } = claim;
      if (readOnly === true) fail('read-only-issued', `${shown(type)} holds what may be tested, but not issued`);
      const problem = propertyProblem(place, type, value);
      if (problem !== undefined) fail('property-value', problem);
      append(run, claim);
      keep(run, place, type, value);
    }
  };
}

function keep(run: Run, place: PropertyPlace, type: string, value: ClaimValue): void {
  const kept = place === 'configuration' ? run.configuration : run.properties;
  run.budget.chargeLookup(type, kept.size);
  const before = kept.get(type);
  if (before === undefined) {
    kept.set(type, value);
    const { rule } = run;
    if (namedProperty(place, type) === undefined && rule !== undefined && !isWritten(rule, type))
      run.warnings.push({ rule, message: `The service knows no property ${shown(type)}: it has no effect.` });
  } else if (!areSame(before, value, run.budget)) {
    fail('property-conflict', `the property ${shown(type)} gets two different values`);
  }
}

/** Whether the type is a literal, which the checker has already warned of. */
function isWritten({ tree }: CompiledRule, type: string): boolean {
  return tree.action.assignments.some(
    ({ property, expression }) => property === 'type' && expression.kind === 'literal' && expression.value === type,
  );
}

function shown(type: string): string {
  return type.length <= 64 ? type : `${type.slice(0, 64)}…`;
}
