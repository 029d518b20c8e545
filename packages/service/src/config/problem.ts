/** Describes the faults of a configuration and how to fix them. Values are never shown: they may be secrets. */
import type { z } from 'zod';
import { configTable } from './table.ts';

/** One fault of a configuration. */
export interface ConfigProblem {
  /** Stable, kebab-case. */
  readonly code: ConfigCode;
  /** The setting (`listen.port`) or the environment variable. */
  readonly where: string;
  /** What was found and how to fix it. */
  readonly why: string;
}

/** Every code of a configuration fault with its meaning. */
export const configCodes = {
  'config-unreadable': 'The configuration file cannot be read or is not a JSON object.',
  'setting-unknown': 'There is no setting or environment variable of that name.',
  'setting-invalid': 'The value of a setting has the wrong kind or is out of range.',
  'setting-missing': 'A setting that this environment needs is absent.',
  'setting-file-unreadable': 'A file that a setting names cannot be read or has the wrong content.',
  'state-directory-unusable': 'The state directory cannot be written.',
  'policy-file-invalid': 'The policy in a file that a setting names does not compile.',
  'signing-keys-unusable':
    'The stored signing keys cannot be opened: another secret sealed them, or the file was changed.',
  'store-unusable': 'The store cannot be opened: the reason names the code of the store.',
  'clock-refused':
    'The clock of the machine disagrees with those of the database and the other instances, or is behind the newest time in the store.',
  'hsm-unusable':
    'The hardware security module of the signing keys cannot be used: its binding, library, token or PIN.',
  'secret-file-exposed':
    'A file that holds a secret can be read or written by users other than its owner, and the environment is production.',
  'development-public':
    'A service in the development environment would listen on an address that other machines can reach.',
  'setting-fixed': 'A reload found another value of a setting that cannot change while the service runs.',
  'development-only': 'The setting is only for development, and the environment is production.',
} as const;

/** The code of a configuration fault. */
export type ConfigCode = keyof typeof configCodes;

/** All faults of a configuration; the message lists them. */
export class ConfigRefused extends Error {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    const lines = problems.map(({ code, where, why }) => `  ${where}: ${why} [${code}]`);
    super(`The configuration is refused:\n${lines.join('\n')}`);
    this.name = 'ConfigRefused';
    this.problems = problems;
  }
}

/** Turns one issue of the schema into problems. `input` is the whole configuration; `sources` names the variables used. */
export function problemsOf(
  issue: z.core.$ZodIssue,
  input: unknown,
  sources: ReadonlyMap<string, string>,
): ConfigProblem[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => unknownSetting([...path, key].join('.'), path));
  }
  const dotted = path.join('.');
  const row = configTable.find((candidate) => dotted === candidate.path || dotted.startsWith(`${candidate.path}.`));
  const where = row === undefined ? dotted || 'configuration' : withSource(dotted, sources.get(row.path));
  const form = row === undefined ? 'an object of settings' : row.form;
  return [{ code: 'setting-invalid', where, why: `found ${kindOf(valueAt(input, issue.path))}; write ${form}` }];
}

function unknownSetting(dotted: string, parent: readonly string[]): ConfigProblem {
  const prefix = parent.length === 0 ? '' : `${parent.join('.')}.`;
  const known = configTable.filter(({ path }) => path.startsWith(prefix)).map(({ path }) => path.slice(prefix.length));
  const names = [...new Set(known.map((name) => name.split('.', 1).join('')))];
  const fix = names.length === 0 ? 'remove it' : `known here: ${names.join(', ')}`;
  return { code: 'setting-unknown', where: dotted, why: `there is no such setting; ${fix}` };
}

/** `listen.port (from ATESTO_LISTEN_PORT)` */
function withSource(dotted: string, variable: string | undefined): string {
  return variable === undefined ? dotted : `${dotted} (from ${variable})`;
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}

/** The kind of a value, never the value. */
function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'string') return `a string of ${value.length} characters`;
  if (typeof value === 'number') return 'a number that does not fit';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
