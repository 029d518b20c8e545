/** Quotes of a vTPM with their signature: the size of the quote, 16 bits, then both. */
import { appraiseAzureCvm } from '@atesto/evidence/advanced';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { hardware, hclReport, vtpm } from '../platforms/azure.ts';

const pcrs = vtpm.pcrs([0, 1, 2, 3, 4, 5, 6, 7, 11]);

function joined(numbers: readonly number[], extraData: string): Uint8Array {
  const { attest, signature } = vtpm.quote({ pcrs: numbers, header: { extraData } });
  const size = Buffer.alloc(2);
  size.writeUInt16BE(attest.length);
  return Buffer.concat([size, attest, signature]);
}

export const target: FuzzTarget = {
  seeds: [joined([0, 1, 2, 3, 4, 5, 6, 7], ''), joined([0, 7, 11], 'ab'.repeat(32))],
  run: (input) => {
    const bytes = Buffer.concat([input], Math.max(input.length, 2));
    const end = 2 + bytes.readUInt16BE(0);
    const quote = bytes.subarray(2, end);
    const outcome = appraiseAzureCvm(
      hclReport,
      hardware,
      { quote, signature: bytes.subarray(end), pcrs },
      { nonce: 'any' },
    );
    return outcomeOf(outcome, () => [quote]);
  },
};
