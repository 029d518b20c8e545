/** Compiles the tree of an expression to a function that returns its values. */
import { Budget } from '../budget.ts';
import { type Claim, type ClaimValue, isReadOnly, valueTypeOf } from '../claims/claim.ts';
import { compileQuery } from '../jmespath/compile.ts';
import type { Call, Expression } from '../syntax/ast.ts';
import type { PropertyName } from '../syntax/vocabulary.ts';
import { policyFunctions, searchCompiled } from './functions.ts';
import type { Bound, Evaluate, Run } from './program.ts';
import { distinct, type ValueSet } from './values.ts';

/** The slot of each bound identifier's claims within a rule. */
export type Scope = ReadonlyMap<string, number>;

/** Compiles an expression of a checked policy. */
export function compileExpression(expression: Expression, scope: Scope): Evaluate {
  switch (expression.kind) {
    case 'literal': {
      const set: ValueSet = { values: [expression.value], readOnly: false };
      return () => set;
    }
    case 'reference':
      return compileReference(slotOf(scope, expression.identifier.text), expression.property);
    case 'call':
      return compileCall(expression, scope);
    case 'unusable':
      throw new TypeError('a policy with errors is not compiled');
  }
}

/** The slot of a bound identifier. */
export function slotOf(scope: Scope, identifier: string): number {
  const place = scope.get(identifier);
  if (place === undefined) throw new TypeError(`the identifier ${identifier} was checked to be bound`);
  return place;
}

function compileReference(place: number, property: PropertyName): Evaluate {
  return (run, bound) => {
    const claims = bound[place] ?? [];
    const [first] = claims;
    if (first !== undefined && claims.length === 1)
      return { values: [propertyOf(first, property)], readOnly: property === 'value' && isReadOnly(first) };
    return valuesOf(run, claims, property);
  };
}

function valuesOf(run: Run, claims: readonly Claim[], property: PropertyName): ValueSet {
  run.budget.charge(2 * claims.length);
  const values = distinct(
    claims.map((claim) => propertyOf(claim, property)),
    run.budget,
  );
  return { values, readOnly: property === 'value' && claims.some(isReadOnly) };
}

/** A property of a claim, as rules read it. */
export function propertyOf(claim: Claim, property: PropertyName): ClaimValue {
  switch (property) {
    case 'type':
      return claim.type;
    case 'value':
      return claim.value;
    case 'valueType':
      return valueTypeOf(claim.value);
    case 'issuer':
      return claim.issuer;
  }
}

function compileCall(call: Call, scope: Scope): Evaluate {
  const parameters = call.arguments.map((argument) => compileExpression(argument, scope));
  const [json] = parameters;
  const query = call.arguments[1];
  if (call.name === 'JmesPath' && json !== undefined && query?.kind === 'literal' && typeof query.value === 'string') {
    // The length of the text bounds the number of queries.
    const compiled = compileQuery(query.value, new Budget());
    return (run, bound) => searchCompiled(run, json(run, bound), compiled);
  }
  const apply = policyFunctions[call.name];
  return (run: Run, bound: Bound) => {
    run.budget.charge(1);
    return apply(
      run,
      parameters.map((parameter) => parameter(run, bound)),
    );
  };
}
