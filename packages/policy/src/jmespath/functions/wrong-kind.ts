/** A function of JMESPath got an argument of a kind that it does not take. */

import type { JsonValue } from '../../json/value.ts';
import { fail } from '../../refusal.ts';
import { kindOf } from '../values.ts';

/** Fails: never returns. */
export function wrongKind(name: string, wanted: string, value: JsonValue): never {
  return fail('query-failed', `the query's ${name}() needs ${wanted}, not ${kindOf(value)}`);
}
