/** One exchange of an administrator with a service: authorized, patient, with entity tags. */
import { randomUUID } from 'node:crypto';
import { serviceRefusal } from '../attest/refusal.ts';
import { type Patience, type Pause, sendPatiently } from '../http/retry.ts';
import type { HttpAnswer, HttpRequest, Transport } from '../http/transport.ts';
import type { Credential } from '../identity/credential.ts';

/** What is asked. */
export interface Exchange {
  readonly method: HttpRequest['method'];
  readonly url: string;
  readonly body?: { readonly type: string; readonly text: string } | undefined;
  /** The entity tag that must be in force; absent: any. */
  readonly ifMatch?: string | undefined;
}

/** How exchanges are made. */
export interface ExchangeParts {
  readonly transport: Transport;
  readonly credential: Credential;
  readonly patience: Patience;
  readonly pause: Pause | undefined;
}

/** Makes one exchange. Throws `ClientError`, or `ServiceRefusedError` for every status but 200, 201 and 204. */
export async function exchange(
  { transport, credential, patience, pause }: ExchangeParts,
  { method, url, body, ifMatch }: Exchange,
): Promise<HttpAnswer> {
  const clientRequestId = randomUUID();
  const headers = {
    accept: 'application/json',
    'x-ms-client-request-id': clientRequestId,
    authorization: `Bearer ${await credential.accessToken(patience.signal)}`,
    ...(body === undefined ? {} : { 'content-type': body.type }),
    ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
  };
  const request = { method, url, headers, ...(body === undefined ? {} : { body: body.text }) };
  const answer = await sendPatiently(transport, request, patience, pause);
  if (![200, 201, 204].includes(answer.status)) throw serviceRefusal(answer, url, clientRequestId);
  return answer;
}
