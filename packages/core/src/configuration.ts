/**
 * Misuse of an API: a wrong, missing or unknown option is the programmer's mistake and throws, whereas what was judged and found wanting
 * is a refusal (`outcome.ts`).
 */

/** Why an option was not taken. A package may add codes of its own. */
export type ConfigurationCode = 'option-unknown' | 'option-missing' | 'option-invalid';

/** An option is unknown, missing or invalid. Holds no value of an option: it may be shown and logged. */
export class ConfigurationError<Code extends string = string> extends TypeError {
  /** Stable, kebab-case. */
  readonly code: Code | ConfigurationCode;
  /** The path of the option, such as `baseline.acceptedTcbStatuses`. */
  readonly option: string;
  /** What was expected, in words. */
  readonly expected: string;

  /** @param code default `option-invalid` */
  constructor(option: string, expected: string, code: Code | ConfigurationCode = 'option-invalid', cause?: unknown) {
    super(`${option}: expected ${expected}`, cause === undefined ? undefined : { cause });
    this.name = 'ConfigurationError';
    this.code = code;
    this.option = option;
    this.expected = expected;
  }
}

/** A point in time. Throws {@link ConfigurationError} for texts, numbers, invalid dates and nothing at all. */
export function checkTime(value: unknown, option: string): asserts value is Date {
  // By its brand: a Date of another realm, such as a test runner's, is no instance of this one's.
  if (Object.prototype.toString.call(value) === '[object Date]' && Number.isFinite(Number(value))) return;
  throw new ConfigurationError(option, 'a valid Date', value === undefined ? 'option-missing' : 'option-invalid');
}

/** Throws {@link ConfigurationError} for anything but text. */
export function checkText(value: unknown, option: string): asserts value is string {
  if (typeof value === 'string') return;
  throw new ConfigurationError(option, 'a text', value === undefined ? 'option-missing' : 'option-invalid');
}

/** Throws {@link ConfigurationError} for anything but bytes, such as text or an array of numbers. */
export function checkBytes(value: unknown, option: string): asserts value is Uint8Array {
  if (Object.prototype.toString.call(value) === '[object Uint8Array]') return;
  throw new ConfigurationError(option, 'a Uint8Array', value === undefined ? 'option-missing' : 'option-invalid');
}

/** What has members: a namespace of a module as well, but no promise, Map or bytes, which hold what they hold elsewhere. */
const objectTags: ReadonlySet<string> = new Set(['[object Object]', '[object Module]']);

/** Throws {@link ConfigurationError} for anything but an object with members, such as a list, or a promise that was not awaited. */
export function checkObject(value: unknown, option: string): asserts value is object {
  if (typeof value === 'object' && objectTags.has(Object.prototype.toString.call(value))) return;
  throw new ConfigurationError(option, 'an object', value === undefined ? 'option-missing' : 'option-invalid');
}

/** Throws {@link ConfigurationError} for anything but a list: what can be gone through once, such as an iterator, would be empty after its check. */
export function checkList(value: unknown, option: string): asserts value is readonly unknown[] {
  if (Array.isArray(value)) return;
  throw new ConfigurationError(option, 'a list', value === undefined ? 'option-missing' : 'option-invalid');
}

/** The names of the options of a type: the compiler demands each, and no other. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * Throws {@link ConfigurationError} when a value is no object (`option-invalid`) or has a member that no option names (`option-unknown`),
 * even an undefined or inherited one: a misspelt option would otherwise be its default in silence.
 * @param where the path of the object, such as `options`
 */
export function checkOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  where: string,
): void {
  checkObject(options, where);
  const known = Object.keys(names);
  // Inherited options are read, as in options that were made of others by Object.create, so their names count too.
  for (const name in options) {
    if (known.includes(name)) continue;
    const option = `${where}.${name.slice(0, 100)}`;
    throw new ConfigurationError(option, `no such option, but ${known.join(', ')}`, 'option-unknown');
  }
}
