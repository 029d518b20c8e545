/** The bytes that a file may mean: its own, or those that it holds as text or in a JSON envelope. */
import { membersOf } from './json.ts';

/** One way to read a file. */
export interface Reading {
  readonly bytes: Uint8Array;
  /** `base64`, `hex in the member "quote" of JSON`; undefined: the bytes of the file themselves. */
  readonly form: string | undefined;
}

/** Members in which services and tools send evidence, without case and punctuation. */
const envelopeMembers = new Set(['quote', 'tdquote', 'sgxquote', 'report', 'evidence']);

/** The ways, the most literal first. */
export function readingsOf(bytes: Uint8Array): Reading[] {
  const texts = decoded(Buffer.from(bytes).toString('latin1'));
  return [{ bytes, form: undefined }, ...(texts.length === 0 ? enveloped(bytes) : texts)];
}

function enveloped(bytes: Uint8Array): Reading[] {
  const token = membersOf(bytes)?.get('token');
  if (typeof token === 'string') return [{ bytes: Buffer.from(token), form: 'the member "token" of JSON' }];
  return [...(membersOf(bytes) ?? [])].flatMap(([name, value]) => {
    const isEnvelope = envelopeMembers.has(name.replaceAll(/[^A-Za-z]/g, '').toLowerCase());
    const found = isEnvelope && typeof value === 'string' ? decoded(value) : [];
    return found.map((reading) => ({ ...reading, form: `${reading.form} in the member "${name}" of JSON` }));
  });
}

const hexForm = /^(?:0x)?(?:[0-9a-fA-F]{2})+$/;
const base64Form = /^[A-Za-z0-9+/_-]+={0,2}$/;

/** Digits alone may be either. */
function decoded(written: string): Reading[] {
  const text = written.replaceAll(/\s+/g, '');
  const hex = { bytes: Buffer.from(text.replace(/^0x/, ''), 'hex'), form: 'hex' };
  const base64 = { bytes: Buffer.from(text, 'base64'), form: /[_-]/.test(text) ? 'base64url' : 'base64' };
  return [...(hexForm.test(text) ? [hex] : []), ...(base64Form.test(text) ? [base64] : [])];
}
