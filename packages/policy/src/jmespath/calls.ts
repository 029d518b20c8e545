/** Compiles JMESPath function calls: arguments are evaluated left to right, expressions (`&…`) are passed unevaluated. */
import type { JsonValue } from '../json/value.ts';
import { valueFunctions } from './functions/functions.ts';
import { mostBy, sortedBy } from './functions/order.ts';
import { wrongKind } from './functions/wrong-kind.ts';
import type { Run } from './step.ts';

/** Units of work of a call, besides its arguments and the function itself. */
const callWork = 4;

/** Compiles a call whose signature has been checked. */
export function compileCall(name: string, parameters: readonly Run[]): Run {
  const apply = valueFunctions.get(name);
  if (apply !== undefined) {
    return (value, budget) => {
      budget.charge(callWork);
      const values = parameters.map((parameter) => parameter(value, budget));
      return apply(values, budget);
    };
  }
  const [first, second] = parameters;
  if (first === undefined || second === undefined) throw new TypeError(`no such function: ${name}`);
  return name === 'map' ? compileMap(first, second) : compileBy(name, first, second);
}

/** Unlike a projection, `map` keeps nulls. */
function compileMap(each: Run, items: Run): Run {
  return (value, budget) => {
    const list = items(value, budget);
    if (!Array.isArray(list)) return wrongKind('map', 'an array', list);
    budget.holdArray(list.length);
    return list.map((item) => each(item, budget));
  };
}

function compileBy(name: string, items: Run, key: Run): Run {
  return (value, budget) => {
    const list = items(value, budget);
    const keyOf = (item: JsonValue): JsonValue => key(item, budget);
    if (name === 'sort_by') return sortedBy(name, list, keyOf, budget);
    return mostBy(name, name === 'max_by' ? 'max' : 'min', list, keyOf, budget);
  };
}
