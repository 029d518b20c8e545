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

/** The names of the options of a type: the compiler demands each, and no other. */
export type OptionNames<Options> = { readonly [Name in keyof Required<Options>]: true };

/**
 * Throws {@link ConfigurationError} when a value is no object (`option-invalid`) or has a member that no option names (`option-unknown`),
 * even an undefined one: a misspelt option would otherwise be its default in silence.
 * @param where the path of the object, such as `options`
 */
export function checkOptions<Options extends object>(
  options: Options,
  names: OptionNames<Options>,
  where: string,
): void {
  const value: unknown = options;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ConfigurationError(where, 'an object of options');
  }
  const known = Object.keys(names);
  const unknown = Object.keys(value).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const option = `${where}.${unknown.slice(0, 100)}`;
  throw new ConfigurationError(option, `no such option, but ${known.join(', ')}`, 'option-unknown');
}
