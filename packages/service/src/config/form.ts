/** How settings are written down in the schema: what each means, what may be written there, and the forms that recur. */
import { z } from 'zod';

/** The meaning of a setting, and what may be written there. */
export const described = (description: string, form: string): { description: string; form: string } => ({
  description,
  form,
});

/** A file; relative paths count from the configuration file, else from the working directory. */
export const file = (description: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ ...described(description, 'the path of a file'), path: true });

/** An https URI without query, fragment and credentials. */
export const httpsUri = z
  .url({ protocol: /^https$/ })
  .refine((uri) => !/[?#]/.test(uri) && new URL(uri).username === '', 'has a query, fragment or credentials');

/** A span of time up to an hour. */
export const milliseconds = (description: string, byDefault: number): z.ZodDefault<z.ZodInt> =>
  z
    .int()
    .min(1)
    .max(3_600_000)
    .default(byDefault)
    .meta(described(description, 'milliseconds, a whole number from 1 to 3600000'));
