/** Checks the connection string of a PostgreSQL server without showing any of it. */

/**
 * What is wrong with it; undefined: nothing. A character of a password that ends the user part of a URI makes the rest of the password a part of
 * the path, or the URI unreadable.
 */
export function connectionStringFault(text: string): string | undefined {
  if (!/^postgres(ql)?:\/\/\S+$/.test(text))
    return 'it is not a connection string; write postgres://user:password@host:port/database';
  const isWhole = URL.canParse(text) && !/[@:]/.test(new URL(text).pathname) && new URL(text).hash === '';
  if (isWhole) return undefined;
  return 'it is not a URI, or has an unescaped character in user name or password; write @ as %40, / as %2F, : as %3A, # as %23, ? as %3F and % as %25';
}
