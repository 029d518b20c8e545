/** Changes inputs: bytes anywhere; members of JSON and what stands in them as base64, hex or PEM; elements of DER; words; other inputs. */
import { mutateBytes } from './mutate-bytes.ts';
import { mutateDer } from './mutate-der.ts';
import { mutateJson } from './mutate-json.ts';
import { mutatePem } from './mutate-pem.ts';
import type { MutationMaterial } from './mutation-material.ts';

/** Changes an input one to four times, mostly within its form where that is known. */
export function mutate(input: Uint8Array, material: MutationMaterial): Uint8Array {
  const { random } = material;
  let changed = input;
  for (let times = 1 + random.below(1 + random.below(4)); times > 0; times -= 1)
    changed = mutateOnce(changed, material);
  return changed;
}

function mutateOnce(input: Uint8Array, material: MutationMaterial): Uint8Array {
  if (material.random.below(8) === 0) return mutateBytes(input, material);
  const formed = mutateJson(input, material) ?? mutatePem(input, material) ?? mutateDer(input, material);
  return formed ?? mutateBytes(input, material);
}
