/** Checks the settings of the store and of the roles. */
import type { ConfigProblem } from './problem.ts';
import type { ServiceConfig } from './schema.ts';

/** The faults of the settings of the store. */
export function checkStorage({ environment, storage }: ServiceConfig): ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  const { kind, path, connectionString, connectionStringFile, integrityKeyFile } = storage;
  const isPostgres = kind === 'postgres';
  if (isPostgres && connectionString === undefined && connectionStringFile === undefined) {
    problems.push(missing('storage.connectionStringFile', 'PostgreSQL needs a connection string; write its file'));
  }
  if (connectionString !== undefined && connectionStringFile !== undefined) {
    problems.push(invalid('storage.connectionString', 'storage.connectionStringFile is set too; keep one of them'));
  }
  if (!isPostgres && (connectionString ?? connectionStringFile) !== undefined) {
    problems.push(invalid('storage.kind', 'a connection string is set; write "postgres" here or remove it'));
  }
  if (isPostgres && path !== undefined) {
    problems.push(invalid('storage.path', 'it is for the embedded database; remove it'));
  }
  if (integrityKeyFile === undefined && (isPostgres || environment === 'production')) {
    const why = 'the rows of the store are authenticated with a key; write the path of a file with 32 random bytes';
    problems.push(missing('storage.integrityKeyFile', why));
  }
  return problems;
}

/** The faults of the rules for roles. */
export function checkRoles({ identity, developmentIdentity }: ServiceConfig): ConfigProblem[] {
  const accepted = identity.issuers.length + (developmentIdentity.enabled ? 1 : 0);
  return identity.roles.flatMap(({ role, issuer, providers }, at) => {
    const where = `identity.roles.${at}`;
    const problems: ConfigProblem[] = [];
    if (providers === undefined && role !== 'service-administrator') {
      problems.push(
        missing(`${where}.providers`, 'list the providers at which the role applies; ["*"] stands for all'),
      );
    }
    if (issuer === undefined && accepted > 1) {
      problems.push(missing(`${where}.issuer`, 'several issuers are accepted; name the one whose claim counts'));
    }
    const isAccepted = developmentIdentity.enabled || identity.issuers.some((one) => one.issuer === issuer);
    if (issuer !== undefined && !isAccepted) {
      problems.push(invalid(`${where}.issuer`, 'it is not in identity.issuers; write one of those'));
    }
    return problems;
  });
}

function missing(where: string, why: string): ConfigProblem {
  return { code: 'setting-missing', where, why };
}

function invalid(where: string, why: string): ConfigProblem {
  return { code: 'setting-invalid', where, why };
}
