/** Checks of options that several calls share. What is wrong with an option throws `ConfigurationError`. */
import { ConfigurationError } from '@atesto/core';
import type { ClientConfigurationCode } from './codes.ts';

/** Throws `ConfigurationError`. @param expected in words */
export function misuse(option: string, expected: string, code?: ClientConfigurationCode): never {
  throw new ConfigurationError<ClientConfigurationCode>(option, expected, code);
}

const longestSeconds = 600;

/** A time-out in milliseconds. @param seconds more than 0, at most 600; default: 30 */
export function timeoutMs(seconds = 30): number {
  if (typeof seconds === 'number' && seconds > 0 && seconds <= longestSeconds) return Math.ceil(seconds * 1000);
  return misuse('options.timeoutSeconds', `a number of seconds up to ${longestSeconds}, more than 0`);
}
