/** Computes the claims that an action makes from its assignments (policy language, section 5: Action). */

import type { Budget } from '../budget.ts';
import { type Claim, type ClaimValue, isReadOnly, valueTypeOf } from '../claims/claim.ts';
import { fail } from '../refusal.ts';
import type { Action, Assignment } from '../syntax/ast.ts';
import type { PropertyName } from '../syntax/vocabulary.ts';
import { compileExpression, propertyOf, type Scope, slotOf } from './compile-expression.ts';
import type { Bound, Evaluate, Run } from './program.ts';

/** Some properties of one claim to be made. */
type Row = Partial<Record<PropertyName, ClaimValue>> & { readonly readOnly: boolean };

/** Returns the rows of one group of assignments. */
type Group = (run: Run, bound: Bound) => readonly Row[];

/** Computes the claims that an action makes. */
export type Make = (run: Run, bound: Bound) => readonly Claim[];

/** Compiles the assignments, or the `claim=`, of an action. */
export function compileMake(action: Action, scope: Scope): Make {
  if (action.copied !== undefined) {
    const place = slotOf(scope, action.copied.text);
    return (run, bound) => copies(run, bound[place] ?? []);
  }
  const simple = compileSimple(action, scope);
  if (simple !== undefined) return simple;
  const groups = compileGroups(action.assignments, scope);
  return (run, bound) =>
    combine(
      run,
      groups.map((group) => group(run, bound)),
    ).map(claimOf);
}

function copies(run: Run, claims: readonly Claim[]): Claim[] {
  run.budget.charge(claims.length);
  return claims.map((claim) => made(claim.type, claim.value, isReadOnly(claim)));
}

function made(type: string, value: ClaimValue, readOnly: boolean): Claim {
  return readOnly
    ? { type, value, issuer: 'AttestationPolicy', readOnly }
    : { type, value, issuer: 'AttestationPolicy' };
}

/** The common form: a literal type, and one expression for the value. */
function compileSimple(action: Action, scope: Scope): Make | undefined {
  const type = action.assignments.find((assignment) => assignment.property === 'type')?.expression;
  const value = action.assignments.find((assignment) => assignment.property === 'value')?.expression;
  if (action.assignments.length !== 2 || type?.kind !== 'literal' || typeof type.value !== 'string') return undefined;
  if (value === undefined) return undefined;
  const name = type.value;
  if (value.kind === 'reference' && value.property === 'value') {
    const place = slotOf(scope, value.identifier.text);
    return (run, bound) => valuesAs(run, name, bound[place] ?? []);
  }
  const evaluate = compileExpression(value, scope);
  return (run, bound) => {
    const set = evaluate(run, bound);
    run.budget.charge(set.values.length);
    return set.values.map((one) => made(name, one, set.readOnly));
  };
}

function valuesAs(run: Run, type: string, claims: readonly Claim[]): readonly Claim[] {
  const [first] = claims;
  if (first !== undefined && claims.length === 1) return [made(type, first.value, isReadOnly(first))];
  return rowsOf(run, claims, ['value']).map((row) => made(type, row.value ?? '', row.readOnly));
}

/** Groups assignments: references to one identifier together, every other assignment alone. */
function compileGroups(assignments: readonly Assignment[], scope: Scope): Group[] {
  const groups: Group[] = [];
  const seen = new Set<string>();
  for (const { property, expression } of assignments) {
    if (expression.kind !== 'reference') {
      groups.push(compileSet(property, compileExpression(expression, scope)));
      continue;
    }
    const identifier = expression.identifier.text;
    if (seen.has(identifier)) continue;
    seen.add(identifier);
    const together = assignments.flatMap((other) =>
      other.expression.kind === 'reference' && other.expression.identifier.text === identifier
        ? [{ target: other.property, source: other.expression.property }]
        : [],
    );
    groups.push(compileTogether(together, slotOf(scope, identifier)));
  }
  return groups;
}

function compileSet(property: PropertyName, evaluate: Evaluate): Group {
  return (run, bound) => {
    const set = evaluate(run, bound);
    run.budget.charge(propertyWork * set.values.length);
    return set.values.map((value) => ({ [property]: value, readOnly: set.readOnly }));
  };
}

function compileTogether(pairs: readonly { target: PropertyName; source: PropertyName }[], place: number): Group {
  const sources = pairs.map((pair) => pair.source);
  return (run, bound) =>
    rowsOf(run, bound[place] ?? [], sources).map((row) => {
      const assigned: Partial<Record<PropertyName, ClaimValue>> = {};
      for (const { target, source } of pairs) {
        const value = row[source];
        if (value !== undefined) assigned[target] = value;
      }
      return { ...assigned, readOnly: row.readOnly };
    });
}

/** Units of work per row, and per property of a row. */
const rowWork = 24;
const propertyWork = 12;

/** The distinct combinations of some properties over claims; read-only if one of their claims is. */
function rowsOf(run: Run, claims: readonly Claim[], properties: readonly PropertyName[]): Row[] {
  run.budget.charge((rowWork + propertyWork * properties.length) * claims.length);
  const rows = new Map<string, Row>();
  const numbers = new Map<ClaimValue, number>();
  for (const claim of claims) {
    const row: Partial<Record<PropertyName, ClaimValue>> = {};
    for (const property of properties) row[property] = propertyOf(claim, property);
    const key = properties.map((property) => numberOf(propertyOf(claim, property), numbers, run.budget)).join(' ');
    const known = rows.get(key);
    const readOnly = (properties.includes('value') && isReadOnly(claim)) || known?.readOnly === true;
    rows.set(key, { ...row, readOnly });
  }
  return [...rows.values()];
}

/** Numbers the distinct values, to keep keys short. */
function numberOf(value: ClaimValue, numbers: Map<ClaimValue, number>, budget: Budget): number {
  if (typeof value === 'string') budget.chargeLookup(value, numbers.size);
  const known = numbers.get(value);
  if (known !== undefined) return known;
  numbers.set(value, numbers.size);
  return numbers.size - 1;
}

/** One row of each group; at most one group may have several. */
function combine(run: Run, groups: readonly (readonly Row[])[]): readonly Row[] {
  const several = groups.filter((rows) => rows.length > 1);
  if (several.length > 1) return fail('two-sets', 'two assignments have several values each, and cannot be matched');
  if (groups.some((rows) => rows.length === 0)) return [];
  const common = groups.filter((rows) => rows.length === 1).flat();
  const [varying = [{ readOnly: false }]] = several;
  run.budget.charge(rowWork * varying.length);
  return varying.map((row) => merge([...common, row]));
}

function merge(rows: readonly Row[]): Row {
  return { ...Object.assign({}, ...rows), readOnly: rows.some((row) => row.readOnly) };
}

function claimOf(row: Row): Claim {
  const { type, value, valueType, issuer } = row;
  if (typeof type !== 'string' || type === '')
    return fail('made-type', 'the type of a claim must be a non-empty String');
  if (value === undefined) throw new TypeError('an action was checked to assign a value');
  if (valueType !== undefined && valueType !== valueTypeOf(value))
    return fail('made-value-type', `the value is of type ${valueTypeOf(value)}, which contradicts valueType`);
  if (issuer !== undefined && issuer !== 'AttestationPolicy')
    return fail('made-issuer', 'rules can only make claims of the issuer AttestationPolicy');
  return made(type, value, row.readOnly);
}
