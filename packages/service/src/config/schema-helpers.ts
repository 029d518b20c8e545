/** Helpers for the schemas of settings: descriptions and recurring types. */
import { z } from 'zod';

/** Describes a setting. @param form the values it accepts, for the reference page and error messages */
export const described = (description: string, form: string): { description: string; form: string } => ({
  description,
  form,
});

/** The path of a file; relative to the configuration file, or to the working directory if there is none. */
export const file = (description: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ ...described(description, 'the path of a file'), path: true });

/** An https URI without query, fragment and credentials. */
export const httpsUri = z
  .url({ protocol: /^https$/ })
  .refine((uri) => !/[?#]/.test(uri) && new URL(uri).username === '', 'has a query, fragment or credentials');

/** A duration of up to an hour. */
export const milliseconds = (description: string, byDefault: number): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(1)
    .max(3_600_000)
    .default(byDefault)
    .meta(described(description, 'milliseconds, a whole number from 1 to 3600000'));
