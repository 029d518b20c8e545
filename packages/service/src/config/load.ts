/** Reads the settings of a service: defaults, then the file, then the environment. All faults are reported at once. */
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { checkConfig } from './check.ts';
import { exposureOf } from './check-exposure.ts';
import { type ConfigProblem, ConfigRefused, problemsOf } from './problem.ts';
import { configSchema, type ServiceConfig } from './schema.ts';
import { type ConfigRow, configTable } from './table.ts';

/** The sources of settings. */
export interface ConfigSources {
  /** The path of a JSON file; if absent, none is read. */
  readonly file?: string | undefined;
  /** Environment variables; those that start with `ATESTO_` are settings. Default: none. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Settings that override both, such as options of a command line. */
  readonly overrides?: object | undefined;
}

/** Variables of other parts of the project, which are not settings. */
const foreignVariables = new Set(['ATESTO_VECTORS', 'ATESTO_CONFIG']);

type Tree = Record<string, unknown>;

/** Loads and checks the configuration. Throws {@link ConfigRefused} with every fault. */
export function loadConfig(sources: ConfigSources): ServiceConfig {
  const problems: ConfigProblem[] = [];
  const tree = sources.file === undefined ? {} : readFile(sources.file, problems);
  const variables = applyEnvironment(tree, sources.env ?? {}, problems);
  // What a file lacks that could not be read is not known.
  if (problems.some(({ code }) => code === 'config-unreadable')) throw new ConfigRefused(problems);
  const inFile = secretsOf(tree, variables);
  merge(tree, sources.overrides ?? {});
  const config = settle(tree, variables, problems);
  if (sources.file !== undefined && inFile.length > 0 && config.environment === 'production') {
    const exposed = exposureOf(sources.file, sources.file);
    if (exposed !== undefined)
      throw new ConfigRefused([{ ...exposed, why: `it holds ${inFile.join(', ')}, and ${exposed.why}` }]);
  }
  return config;
}

/** Checks the settings of a program. Throws {@link ConfigRefused} with every fault. */
export function parseConfig(settings: unknown): ServiceConfig {
  return settle(settings, new Map(), []);
}

/** The secret settings whose values are in the file itself. */
function secretsOf(tree: Tree, variables: ReadonlyMap<string, string>): string[] {
  const secrets = configTable.filter(({ path, isSecret }) => isSecret && !variables.has(path));
  return secrets.filter(({ path }) => valueAt(tree, path) !== undefined).map(({ path }) => path);
}

function settle(input: unknown, variables: ReadonlyMap<string, string>, problems: ConfigProblem[]): ServiceConfig {
  const parsed = configSchema.safeParse(input);
  if (!parsed.success) problems.push(...parsed.error.issues.flatMap((issue) => problemsOf(issue, input, variables)));
  else problems.push(...checkConfig(parsed.data));
  if (problems.length > 0 || !parsed.success) throw new ConfigRefused(problems);
  return parsed.data;
}

function readFile(path: string, problems: ConfigProblem[]): Tree {
  try {
    const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
    if (isTree(value)) return withAbsolutePaths(value, dirname(resolve(path)));
    problems.push({ code: 'config-unreadable', where: path, why: 'the file must hold one JSON object' });
  } catch (error) {
    const cause = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    problems.push({ code: 'config-unreadable', where: path, why: `${cause}; write one JSON object of settings` });
  }
  return {};
}

function withAbsolutePaths(tree: Tree, base: string): Tree {
  for (const row of configTable) {
    const value = valueAt(tree, row.path);
    if (row.isPath && typeof value === 'string') assign(tree, row.path, resolve(base, value));
  }
  const issuers = valueAt(tree, 'identity.issuers');
  for (const issuer of Array.isArray(issuers) ? issuers : []) {
    if (isTree(issuer) && typeof issuer.caFile === 'string') issuer.caFile = resolve(base, issuer.caFile);
  }
  const policies = valueAt(tree, 'provider.policies');
  if (isTree(policies)) {
    for (const [type, path] of Object.entries(policies)) {
      if (typeof path === 'string') policies[type] = resolve(base, path);
    }
  }
  return tree;
}

/** Overrides the settings of the file with those of the environment; returns the variable of each. */
function applyEnvironment(
  tree: Tree,
  env: Readonly<Record<string, string | undefined>>,
  problems: ConfigProblem[],
): Map<string, string> {
  const used = new Map<string, string>();
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('ATESTO_') || text === undefined || foreignVariables.has(variable)) continue;
    const row = configTable.find((candidate) => candidate.variable === variable);
    if (row === undefined) {
      const why = 'there is no such variable; docs/configuration.md lists them';
      problems.push({ code: 'setting-unknown', where: variable, why });
      continue;
    }
    assign(tree, row.path, readAs(row, text));
    used.set(row.path, variable);
  }
  return used;
}

/** Reads the value of a variable as the setting's kind; an unfitting value stays a string, so that the schema reports it. */
function readAs(row: ConfigRow, text: string): unknown {
  if (row.kind === 'integer' || row.kind === 'number') return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  if (row.kind === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (row.kind === 'array' && !text.trimStart().startsWith('['))
    return text === '' ? [] : text.split(',').map((part) => part.trim());
  if (row.kind === 'array' || row.kind === 'object') return parsedOr(text);
  return text;
}

function parsedOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function merge(into: Tree, from: object): void {
  for (const [name, value] of Object.entries(from)) {
    const present = into[name];
    if (isTree(present) && isTree(value)) merge(present, value);
    else if (value !== undefined) into[name] = value;
  }
}

function valueAt(tree: Tree, path: string): unknown {
  let value: unknown = tree;
  for (const name of path.split('.')) value = isTree(value) ? value[name] : undefined;
  return value;
}

function assign(tree: Tree, path: string, value: unknown): void {
  const names = path.split('.');
  const last = names.pop() ?? '';
  let place = tree;
  for (const name of names) {
    const next = place[name];
    if (isTree(next)) place = next;
    else {
      const made: Tree = {};
      place[name] = made;
      place = made;
    }
  }
  place[last] = value;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
