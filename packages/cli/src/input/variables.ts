/** The environment variables that replace options of the commands that call a service. */

/** The variable of each option. */
export const clientVariables = {
  endpoint: 'ATESTO_ENDPOINT',
  provider: 'ATESTO_PROVIDER',
  ca: 'ATESTO_CA',
  issuer: 'ATESTO_ISSUER',
  clientFile: 'ATESTO_CLIENT_FILE',
} as const;

/** An option that has a variable. */
export type ClientOption = keyof typeof clientVariables;

type Environment = Readonly<Record<string, string | undefined>>;
type Given = Readonly<Partial<Record<ClientOption | 'clientId' | 'clientSecretFile' | 'accessTokenFile', unknown>>>;

/**
 * The values of options that are absent and have a variable. Options that say in another way who the client is are not
 * contradicted: an access token needs no issuer, an id and a secret no file of both.
 */
export function variablesFor(
  names: readonly ClientOption[],
  given: Given,
  env: Environment,
): Partial<Record<ClientOption, string>> {
  const superseded = new Set<ClientOption>([
    ...(given.accessTokenFile === undefined ? [] : (['issuer', 'clientFile'] as const)),
    ...(given.clientId === undefined && given.clientSecretFile === undefined ? [] : (['clientFile'] as const)),
  ]);
  const found = names.flatMap((name) => {
    const value = env[clientVariables[name]];
    return value === undefined || given[name] !== undefined || superseded.has(name) ? [] : [[name, value]];
  });
  return Object.fromEntries(found);
}

/** The environment without these variables, for what reads every `ATESTO_` variable as a setting. */
export function withoutClientVariables(env: Environment): Environment {
  const own = new Set<string>(Object.values(clientVariables));
  return Object.fromEntries(Object.entries(env).filter(([name]) => !own.has(name)));
}
