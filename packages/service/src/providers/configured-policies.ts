/** Loads the policies that apply where none is stored: those of the configured files, else the documented defaults. */

import { readFileSync } from 'node:fs';
import { decodeUtf8 } from '@atesto/core';
import { attestationTypes, defaultPolicies } from '@atesto/policy';
import { type ConfigProblem, ConfigRefused } from '../config/problem.ts';
import type { ServiceConfig } from '../config/schema.ts';
import { type ProviderPolicy, readPolicy } from './policy.ts';
import { policyOfText } from './policy-of-text.ts';

/** The policies by attestation type. Throws `ConfigRefused` with every fault of every file. */
export function configuredPolicies({
  provider: { policies },
}: {
  readonly provider: Pick<ServiceConfig['provider'], 'policies'>;
}): ReadonlyMap<string, ProviderPolicy> {
  const problems: ConfigProblem[] = [];
  const inForce = new Map<string, ProviderPolicy>();
  for (const [type, path] of Object.entries(policies)) {
    const policy = fromFile(type, path, problems);
    if (policy !== undefined) inForce.set(type, policy);
  }
  if (problems.length > 0) throw new ConfigRefused(problems);
  for (const [type, text] of Object.entries(defaultPolicies)) {
    if (!inForce.has(type)) inForce.set(type, policyOfText(text, type));
  }
  return inForce;
}

function fromFile(type: string, path: string, problems: ConfigProblem[]): ProviderPolicy | undefined {
  const where = `provider.policies.${type}`;
  if (!attestationTypes.some((kind) => kind === type)) {
    const why = `there is no such attestation type; known are ${attestationTypes.join(', ')}`;
    problems.push({ code: 'setting-unknown', where, why });
    return undefined;
  }
  const text = textOf(path);
  if (text === undefined) {
    const why = 'it cannot be read as UTF-8; check the path and its permissions';
    problems.push({ code: 'setting-file-unreadable', where, why });
    return undefined;
  }
  const read = readPolicy(text, type);
  if (read.ok) return read.policy;
  for (const why of read.fault.faults) problems.push({ code: 'policy-file-invalid', where, why });
  return undefined;
}

/** The byte order mark is part of the text: the hash is of what was written. */
function textOf(path: string): string | undefined {
  try {
    return decodeUtf8(readFileSync(path));
  } catch {
    return undefined;
  }
}
