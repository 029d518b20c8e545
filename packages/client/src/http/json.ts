/** Reads JSON objects that servers answer, and their members. */
import { isJsonObject } from '@atesto/core';
import { ClientError } from '../error.ts';

/** The members of a JSON object. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/** The JSON object in a string; undefined when there is none. */
export function readMembers(text: string): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** The object that an answer holds. Throws `answer-malformed`. */
export function requireMembers(text: string, where: string): JsonMembers {
  const members = readMembers(text);
  if (members === undefined) throw new ClientError('answer-malformed', where, 'the answer is not a JSON object');
  return members;
}

/** A member that must be a non-empty string. Throws `answer-malformed`. */
export function requireText(members: JsonMembers, name: string, where: string): string {
  const value = textMember(members, name);
  if (value === undefined || value === '') {
    throw new ClientError('answer-malformed', where, `the answer has no ${name}`);
  }
  return value;
}

/** A member; undefined when it is absent. */
export function memberOf(members: JsonMembers, name: string): unknown {
  return Object.hasOwn(members, name) ? members[name] : undefined;
}

/** A member that is a string; undefined when it is absent or something else. */
export function textMember(members: JsonMembers, name: string): string | undefined {
  const value = memberOf(members, name);
  return typeof value === 'string' ? value : undefined;
}
