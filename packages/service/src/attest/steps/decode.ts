/**
 * Step 2: from the wire's body to evidence and what belongs to it. Member names compare without regard to case; members that are
 * not known are passed over, as newer clients may send them; null and empty data with an empty type count as absent.
 */
import type { JsonObject, JsonValue } from '@atesto/token';
import { decodeBase64url } from '../../http/base64url.ts';
import { isJsonObject, parseJsonObject } from '../../http/json.ts';
import { refuse } from '../../refuse.ts';
import type { AttestedData, AttestRequest } from '../request.ts';

const maxNonceBytes = 1024;
const maxNonce = 2n ** 64n - 1n;

/** Decodes the body of an attest call. `evidenceMembers` are the names under which the evidence may stand, the usual one first. */
export function decodeRequest(body: Uint8Array, evidenceMembers: readonly string[]): AttestRequest {
  if (body.length === 0) refuse('body-empty', 'body', 'the request needs a JSON object');
  const members = new Members(parseJsonObject(body, 'body', 'body-not-json'), 'body');
  const runtimeData = runtimeDataOf(members);
  const initTimeData = dataOf(members, 'initTimeData');
  const draftPolicy = members.text('draftPolicyForAttestation');
  const nonce = nonceOf(members.value('nonce'));
  return {
    evidence: evidenceOf(members, evidenceMembers),
    ...(runtimeData === undefined ? {} : { runtimeData }),
    ...(initTimeData === undefined ? {} : { initTimeData }),
    ...(draftPolicy === undefined || draftPolicy === '' ? {} : { draftPolicy }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

/** The members of a request object by their names in lower case. */
class Members {
  readonly #values = new Map<string, JsonValue>();
  readonly #where: string;

  constructor(object: JsonObject, where: string) {
    this.#where = where;
    for (const [name, value] of Object.entries(object)) {
      const folded = name.toLowerCase();
      if (this.#values.has(folded)) refuse('member-duplicate', where, 'two members differ only in case');
      this.#values.set(folded, value);
    }
  }

  /** Undefined when absent or null. */
  value(name: string): JsonValue | undefined {
    return this.#values.get(name.toLowerCase()) ?? undefined;
  }

  text(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || typeof value === 'string') return value;
    return refuse('member-invalid', `${this.#where}.${name}`, 'it must be a text');
  }

  object(name: string): Members | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (isJsonObject(value)) return new Members(value, name);
    return refuse('member-invalid', `${this.#where}.${name}`, 'it must be an object');
  }
}

function evidenceOf(members: Members, names: readonly string[]): Uint8Array {
  const [usual = ''] = names;
  const given = names.filter((name) => members.value(name) !== undefined);
  const [name = usual] = given;
  if (given.length > 1) refuse('member-duplicate', `body.${name}`, `send one of ${names.join(', ')}`);
  const evidence = decodeBase64url(members.text(name) ?? '', `body.${name}`);
  if (evidence.length === 0) refuse('member-missing', `body.${name}`, 'it must hold the evidence');
  return evidence;
}

/** `runtimeData`, or `enclaveHeldData` as 2018-09-01-preview named its binary form. */
function runtimeDataOf(members: Members): AttestedData | undefined {
  const runtimeData = dataOf(members, 'runtimeData');
  const held = members.text('enclaveHeldData');
  if (held === undefined || held === '') return runtimeData;
  if (runtimeData !== undefined) {
    refuse('member-duplicate', 'body.enclaveHeldData', 'send it or runtimeData, not both');
  }
  return { bytes: decodeBase64url(held, 'body.enclaveHeldData') };
}

function dataOf(members: Members, name: 'runtimeData' | 'initTimeData'): AttestedData | undefined {
  const object = members.object(name);
  if (object === undefined) return undefined;
  const data = object.text('data') ?? '';
  const dataType = object.text('dataType') ?? '';
  if (data === '' && dataType === '') return undefined;
  const bytes = decodeBase64url(data, `${name}.data`);
  switch (dataType.toLowerCase()) {
    case 'binary':
      return { bytes };
    case 'json':
      return { bytes, json: parseJsonObject(bytes, `${name}.data`, 'data-not-json') };
    default:
      return refuse('data-type-unknown', `${name}.dataType`, 'it must be Binary or JSON');
  }
}

function nonceOf(value: JsonValue | undefined): string | number | bigint | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' && Buffer.byteLength(value) <= maxNonceBytes) return value;
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  if (typeof value === 'bigint' && value >= 0n && value <= maxNonce) return value;
  return refuse('nonce-invalid', 'body.nonce', 'it must be a text of at most 1 KiB or an integer from 0 to 2^64-1');
}
