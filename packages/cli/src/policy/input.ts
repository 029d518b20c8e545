/** Reads what the policy commands are given: a policy, and the name of an attestation type. */
import { type AttestationType, attestationTypes } from '@atesto/policy';
import { misused } from '../failure.ts';
import { readText } from '../input/file.ts';
import { jwsIn } from '../input/jws.ts';
import type { Session } from '../session.ts';
import { type PolicyInJws, policyIn } from './jws.ts';

/** A policy, and the JWS that holds it. */
export interface PolicyFile {
  readonly text: string;
  /** Absent: the file is the text itself. */
  readonly inJws?: PolicyInJws;
}

/**
 * The policy of a file, or of standard input for `-`: its text, a JWS that holds it, or what `GET /policies` answers, bare or in JSON. No
 * signature is verified.
 */
export async function readPolicyFile(path: string, session: Session): Promise<PolicyFile> {
  const content = path === '-' ? await session.readInput() : await readText(path, 'the policy');
  const jws = jwsIn(content);
  if (jws === undefined) return { text: content };
  const found = policyIn(jws);
  if (found === 'none') misused(`the policy ${path}: none is set where this answer comes from`);
  if (found !== undefined) return { text: found.text, inJws: found };
  return misused(
    'the JWS holds no policy',
    'Its payload must be {"AttestationPolicy": "the policy in base64url"}, or have such a JWS as x-ms-policy.',
  );
}

/** The text of {@link readPolicyFile}. */
export async function readPolicy(path: string, session: Session): Promise<string> {
  return (await readPolicyFile(path, session)).text;
}

/** An attestation type, written in any case; undefined when the option is absent. */
export function kindOption(text: string | undefined): AttestationType | undefined {
  if (text === undefined) return undefined;
  const kind = attestationTypes.find((known) => known.toLowerCase() === text.toLowerCase());
  return kind ?? misused('--type names no attestation type', `Write one of ${attestationTypes.join(', ')}.`);
}
