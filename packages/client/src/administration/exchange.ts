/** One call of an administrator: authorized, with retry and entity tags. */
import { randomUUID } from 'node:crypto';
import type { HttpClient, HttpRequest } from '@atesto/http-client';
import { serviceRefusal } from '../attest/refusal.ts';
import type { HttpAnswer } from '../http/answer.ts';
import { type CallLimits, sendWithRetry } from '../http/send.ts';
import { accessTokenOf, type TokenCredential } from '../identity/credential.ts';

/** What is asked. */
export interface Exchange {
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly body?: { readonly type: string; readonly text: string } | undefined;
  /** The entity tag that must be in force; absent: any. */
  readonly ifMatch?: string | undefined;
}

/** What exchanges are made with. */
export interface ExchangeDeps {
  readonly client: HttpClient;
  readonly credential: TokenCredential;
  /** The scope that access tokens are asked for. */
  readonly scope: string;
  readonly limits: CallLimits;
}

/** Makes one exchange. Throws `ClientError`, or `ServiceRefusedError` for every status but 200, 201 and 204. */
export async function exchange(
  { client, credential, scope, limits }: ExchangeDeps,
  { method, url, body, ifMatch }: Exchange,
): Promise<HttpAnswer> {
  const clientRequestId = randomUUID();
  const headers = {
    accept: 'application/json',
    'x-ms-client-request-id': clientRequestId,
    authorization: `Bearer ${await accessTokenOf(credential, scope, undefined)}`,
    ...(body === undefined ? {} : { 'content-type': body.type }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
  const request = { method, url, headers, ...(body === undefined ? {} : { body: body.text }) };
  const answer = await sendWithRetry(client, request, limits);
  if (![200, 201, 204].includes(answer.status)) throw serviceRefusal(answer, url, clientRequestId);
  return answer;
}
