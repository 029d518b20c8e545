/** The functions of the policy language (section 6). Each takes the value sets of its arguments and returns a value set. */

import { type ClaimValue, greatestInteger, leastInteger } from '../claims/claim.ts';
import type { CompiledQuery } from '../jmespath/compile.ts';
import type { JsonValue } from '../json/value.ts';
import { writeMeasured } from '../json/write.ts';
import { fail } from '../refusal.ts';
import type { FunctionName } from '../syntax/vocabulary.ts';
import type { Run } from './program.ts';
import { areSame, distinct, single, type ValueSet } from './values.ts';

/** A function of the language; takes as many arguments as its arity. */
export type PolicyFunction = (run: Run, parameters: readonly ValueSet[]) => ValueSet;

const nothing: ValueSet = { values: [], readOnly: false };

/** The functions of the language, by name. */
export const policyFunctions: Readonly<Record<FunctionName, PolicyFunction>> = {
  JmesPath: (run, [json = nothing, query = nothing]) => {
    const document = run.document(text('JmesPath', json, false));
    const compiled = run.query(text('JmesPath', query, false));
    return search(run, document, compiled, json.readOnly || query.readOnly);
  },
  JsonToClaimValue: (run, [json = nothing]) => {
    const document = run.document(text('JsonToClaimValue', json, true));
    return { values: claimValues(run, document), readOnly: json.readOnly };
  },
  IsSubsetOf: (run, [part = nothing, whole = nothing]) => {
    run.budget.charge(part.values.length * whole.values.length);
    const members = new Set(distinct(whole.values, run.budget));
    return single(
      part.values.every((value) => {
        if (typeof value === 'string') run.budget.chargeLookup(value, members.size);
        return members.has(value);
      }),
      false,
    );
  },
  AppendString: (run, [a = nothing, b = nothing]) => {
    const head = text('AppendString', a, true);
    const tail = text('AppendString', b, true);
    run.budget.chargeString(head.length + tail.length);
    return single(head + tail, a.readOnly || b.readOnly);
  },
  NegateBool: (_run, [set = nothing]) => {
    const [value] = set.values;
    if (set.values.length !== 1 || typeof value !== 'boolean')
      return fail('not-one-value', `NegateBool needs one Boolean, not ${describe(set)}`);
    return single(!value, set.readOnly);
  },
  ContainsOnlyValue: (run, [set = nothing, wanted = nothing]) => {
    if (wanted.values.length !== 1)
      return fail('not-one-value', `ContainsOnlyValue compares with one value, not ${describe(wanted)}`);
    const [value] = set.values;
    const [only] = wanted.values;
    const isOnly = value !== undefined && only !== undefined && areSame(value, only, run.budget);
    return single(isOnly && set.values.length === 1, false);
  },
};

/** `JmesPath` with a query that was compiled together with the policy. */
export function searchCompiled(run: Run, json: ValueSet, query: CompiledQuery): ValueSet {
  return search(run, run.document(text('JmesPath', json, false)), query, json.readOnly);
}

function search(run: Run, document: JsonValue, query: CompiledQuery, readOnly: boolean): ValueSet {
  const { budget } = run;
  const mark = budget.held;
  const answer = query.run(document, budget);
  const { text: written, cells } = writeMeasured(answer, budget);
  if (budget.release(mark, cells)) run.remember(written, answer);
  return single(written, readOnly);
}

function text(name: FunctionName, set: ValueSet, mayBeEmpty: boolean): string {
  const [value] = set.values;
  if (set.values.length !== 1 || typeof value !== 'string')
    return fail('not-one-value', `${name} needs one String, not ${describe(set)}`);
  if (value === '' && !mayBeEmpty) return fail('not-one-value', `${name} needs a non-empty String`);
  return value;
}

function describe(set: ValueSet): string {
  const [value] = set.values;
  if (value === undefined) return 'none at all';
  if (set.values.length > 1) return `${set.values.length} values`;
  return typeof value === 'string' ? 'a String' : typeof value === 'bigint' ? 'an Integer' : 'a Boolean';
}

/** The claim values of a JSON value; none for `null`. */
function claimValues(run: Run, document: JsonValue): readonly ClaimValue[] {
  if (!Array.isArray(document)) return document === null ? [] : [claimValue(document)];
  run.budget.charge(4 * document.length);
  return distinct(document.filter((item) => item !== null).map(claimValue), run.budget);
}

function claimValue(value: JsonValue): ClaimValue {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'bigint' || typeof value === 'number') return integer(value);
  return fail('json-no-claim', 'an object, or an array or object within an array, cannot be a claim value');
}

function integer(value: number | bigint): bigint {
  if (typeof value === 'number' && !Number.isInteger(value))
    return fail('json-no-claim', 'a number with a fraction cannot be a claim value');
  const whole = BigInt(value);
  if (whole < leastInteger || whole > greatestInteger)
    return fail('json-no-claim', 'a number outside -2^63 … 2^63-1 cannot be a claim value');
  return whole;
}
