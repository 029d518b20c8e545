/** Refuses a JMESPath function argument of the wrong type. */

import type { JsonValue } from '../../json/value.ts';
import { fail } from '../../refusal.ts';
import { kindOf } from '../values.ts';

/** Refuses with `query-failed`. */
export function wrongKind(name: string, wanted: string, value: JsonValue): never {
  return fail('query-failed', `the query's ${name}() needs ${wanted}, not ${kindOf(value)}`);
}
