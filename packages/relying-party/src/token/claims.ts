/** What claims are: JSON whose large integers are exact where the engine allows it. */

/** A claim's value. Integers beyond 2^53-1 are bigint. */
export type ClaimValue = null | boolean | number | bigint | string | readonly ClaimValue[] | Claims;

/** Claims by name; also any JSON object within a claim. */
export interface Claims {
  readonly [name: string]: ClaimValue;
}

/** What "JSON.parse source text access" adds; older browsers give no context, and large integers are then rounded. */
interface SourceTextJson {
  parse(
    text: string,
    reviver: (name: string, value: ClaimValue, context?: { source?: string }) => ClaimValue,
  ): ClaimValue;
}
const exactJson: SourceTextJson = JSON;

/** Parses JSON text; undefined when it is not JSON, or nests beyond the engine's stack. */
export function parseJson(text: string): ClaimValue | undefined {
  try {
    return exactJson.parse(text, (_name, value, context) =>
      typeof value === 'number' && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? '')
        ? BigInt(context?.source ?? '')
        : value,
    );
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether a value is a JSON object. */
export function isObject(value: ClaimValue | undefined): value is Claims {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The claim of that name; never a member of the prototype. */
export function claimOf(claims: Claims, name: string): ClaimValue | undefined {
  return Object.hasOwn(claims, name) ? claims[name] : undefined;
}

/** Whether two JSON values are the same; member order does not count, `1` and `1n` are the same integer. */
export function sameClaim(left: ClaimValue | undefined, right: ClaimValue | undefined): boolean {
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((value, index) => sameClaim(value, right[index]));
  }
  if (isObject(left) && isObject(right)) {
    const names = Object.keys(left);
    return (
      names.length === Object.keys(right).length &&
      names.every((name) => Object.hasOwn(right, name) && sameClaim(left[name], right[name]))
    );
  }
  const number = exactInteger(left);
  return left === right || (number !== undefined && number === exactInteger(right));
}

function isList(value: ClaimValue | undefined): value is readonly ClaimValue[] {
  return Array.isArray(value);
}

/** Numbers beyond 2^53-1 were rounded by whoever made them: they are no exact integer. */
function exactInteger(value: ClaimValue | undefined): bigint | undefined {
  if (typeof value === 'bigint') return value;
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : undefined;
}
