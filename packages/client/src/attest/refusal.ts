/** Reads the error that a service answers when it refuses. */
import { isJsonObject } from '@atesto/core';
import { ServiceRefusedError } from '../error.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { type JsonMembers, memberOf, readMembers, textMember } from '../http/json.ts';

const longestMessage = 4000;

/** The refusal in an answer that is not a success. */
export function serviceRefusal(answer: HttpAnswer, url: string, clientRequestId: string): ServiceRefusedError {
  const error = objectOf(readMembers(answer.text), 'error');
  const inner = objectOf(error, 'innererror');
  return new ServiceRefusedError(url, {
    status: answer.status,
    wireCode: textOf(error, 'code'),
    innerCode: textOf(inner, 'code'),
    message: textOf(error, 'message')?.slice(0, longestMessage) ?? `the service answered ${answer.status}`,
    requestId: answer.headers['x-ms-request-id'],
    clientRequestId,
  });
}

function objectOf(members: JsonMembers | undefined, name: string): JsonMembers | undefined {
  const value = members === undefined ? undefined : memberOf(members, name);
  return isJsonObject(value) ? value : undefined;
}

function textOf(members: JsonMembers | undefined, name: string): string | undefined {
  return members === undefined ? undefined : textMember(members, name);
}
