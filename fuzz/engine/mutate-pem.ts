/** Changes the DER in texts of PEM, so that it is the certificates that are wrong and not their base64. */

import { mutateBytes } from './mutate-bytes.ts';
import { mutateDer } from './mutate-der.ts';
import type { MutationMaterial } from './mutation-material.ts';

const begin = '-----BEGIN CERTIFICATE-----';
const block = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/** Changes one certificate, or leaves out, doubles or swaps whole ones; undefined when there is none. */
export function mutatePem(input: Uint8Array, material: MutationMaterial): Uint8Array | undefined {
  const { random } = material;
  const text = Buffer.from(input).toString('latin1');
  if (!text.includes(begin)) return undefined;
  const found = [...text.matchAll(block)];
  const one = random.pick(found);
  if (one === undefined) return undefined;
  const [whole, base64 = ''] = one;
  const another = random.pick(found)?.[0] ?? whole;
  const der = Buffer.from(base64, 'base64');
  const inForm = random.below(4) === 0 ? undefined : mutateDer(der, material);
  const changed = inForm ?? mutateBytes(der, material);
  const rewritten = `${begin}\n${Buffer.from(changed).toString('base64')}\n-----END CERTIFICATE-----`;
  const instead = random.pick([rewritten, rewritten, rewritten, '', `${whole}\n${another}`, another]) ?? '';
  const head = text.slice(0, one.index);
  return Buffer.from(head + instead + text.slice(one.index + whole.length), 'latin1');
}
