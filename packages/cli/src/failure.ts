/** How does a failure look to a person? One clear line, a code where there is one, and an exit code; never a stack trace. */
import { ClientError } from '@atesto/client';
import { ConfigurationError } from '@atesto/relying-party';
import { ConfigRefused } from '@atesto/service';

/** Exit codes: refused means that evidence or a token was judged and refused. */
export const exitCodes = { success: 0, refused: 1, usage: 2, unavailable: 3 } as const;

/** A mistake of the person who runs the command. */
export class UsageError extends Error {}

/** Lines for standard error, and the exit code. */
export function explain(error: unknown): { lines: string[]; exitCode: number } {
  if (error instanceof UsageError) return { lines: [`atesto: ${error.message}`], exitCode: exitCodes.usage };
  if (error instanceof ConfigRefused) return { lines: [error.message], exitCode: exitCodes.usage };
  if (error instanceof ConfigurationError) return { lines: [`atesto: ${error.message}`], exitCode: exitCodes.usage };
  if (error instanceof ClientError) return { lines: [`atesto: ${error.message}`], exitCode: exitCodes.unavailable };
  const message = error instanceof Error ? error.message : String(error);
  return { lines: [`atesto: ${message}`], exitCode: exitCodes.unavailable };
}
