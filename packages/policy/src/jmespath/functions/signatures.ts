/** The signatures of the JMESPath functions (jmespath.org, built-in functions; `equals_ignore_case` is Azure's extension). */
import { nearest } from '../../syntax/vocabulary.ts';
import type { QueryParameter } from '../ast.ts';

/** Value parameters, then whether an expression (`&…`) comes first or last; `rest` allows more of the last type. */
export interface Signature {
  readonly parameters: readonly ('value' | 'expression')[];
  readonly rest?: boolean;
}

const one: Signature = { parameters: ['value'] };
const two: Signature = { parameters: ['value', 'value'] };
const by: Signature = { parameters: ['value', 'expression'] };

/** The signatures of all functions, by name. */
export const signatures: ReadonlyMap<string, Signature> = new Map([
  ['abs', one],
  ['avg', one],
  ['ceil', one],
  ['contains', two],
  ['ends_with', two],
  ['equals_ignore_case', two],
  ['floor', one],
  ['join', two],
  ['keys', one],
  ['length', one],
  ['map', { parameters: ['expression', 'value'] }],
  ['max', one],
  ['max_by', by],
  ['merge', { parameters: ['value'], rest: true }],
  ['min', one],
  ['min_by', by],
  ['not_null', { parameters: ['value'], rest: true }],
  ['reverse', one],
  ['sort', one],
  ['sort_by', by],
  ['starts_with', two],
  ['sum', one],
  ['to_array', one],
  ['to_number', one],
  ['to_string', one],
  ['type', one],
  ['values', one],
]);

/** Why a call is invalid, as the end of a message; undefined when it is valid. */
export function checkCall(name: string, parameters: readonly QueryParameter[]): string | undefined {
  const signature = signatures.get(name);
  if (signature === undefined) {
    const meant = nearest([...signatures.keys()], name);
    return `there is no function ${name.slice(0, 40)}${meant === undefined ? '' : ` (did you mean ${meant}?)`}`;
  }
  const wanted = signature.parameters.length;
  const fits = signature.rest === true ? parameters.length >= wanted : parameters.length === wanted;
  if (!fits)
    return `${name} takes ${signature.rest === true ? 'at least ' : ''}${wanted} argument${wanted === 1 ? '' : 's'}`;
  const wrong = parameters.findIndex(
    (parameter, index) => parameter.isExpression !== (signature.parameters[index] === 'expression'),
  );
  if (wrong === -1) return undefined;
  return `argument ${wrong + 1} of ${name} ${parameters[wrong]?.isExpression === true ? 'is no' : 'must be an'} expression with &`;
}
