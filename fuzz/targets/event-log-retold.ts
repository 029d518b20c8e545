/**
 * Machines that started with secure boot off, whose operating system extends the registers with what it likes and tells the log otherwise than it
 * was measured: types, data and events of no action are its choice, digests and their order are not. None may show secure boot on.
 */
import { createHash } from 'node:crypto';
import { appraiseAzureCvm } from '@atesto/evidence/advanced';
import {
  createSimulatedVtpm,
  defaultBoot,
  eventTypes,
  type SimulatedEvent,
  secureBootVariable,
  writeEventLog,
} from '@atesto/testing/tpm';
import { outcomeOf } from '../engine/outcome.ts';
import { randomOf } from '../engine/random.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { hardware, hclReport, vtpm } from '../platforms/azure.ts';

const { attestationKey, encryptionKey } = vtpm;
const texts: readonly Buffer[] = [
  secureBootVariable(true),
  secureBootVariable(false),
  ...['00000000', 'ffffffff', '01000000', ''].map((hex) => Buffer.from(hex, 'hex')),
];
/** A measured event that is told to be of no action does not replay. */
const types = Object.values(eventTypes).filter((type) => type !== eventTypes.noAction);
const digestOf = (data: Uint8Array): Buffer => createHash('sha256').update(data).digest();
const mostExtensions = 6;

export const target: FuzzTarget = {
  seeds: [new Uint8Array(64), Uint8Array.from({ length: 64 }, (_, index) => index)],
  largestInput: 256,
  run: async (input) => {
    // Any input stands for choices that are all equally likely.
    const { below, pick } = randomOf(createHash('sha256').update(input).digest().readUInt32LE());
    const extensions = Array.from({ length: below(mostExtensions) }, (): SimulatedEvent => {
      return { pcr: pick([7, 7, 7, 4, 0]) ?? 7, type: eventTypes.version, data: pick(texts) ?? '' };
    });
    const boot = [...defaultBoot(false, pick(['00000000', 'ffffffff'])), ...extensions];
    const told = boot.flatMap((event): SimulatedEvent[] => {
      const data = Buffer.from(typeof event.data === 'string' ? Buffer.from(event.data, 'hex') : event.data);
      const isRetold = event.pcr === 7 && below(2) === 0;
      const digest = digestOf(data);
      const one = isRetold ? { pcr: event.pcr, type: pick(types) ?? 0, data: pick(texts) ?? data, digest } : event;
      const extra = { pcr: pick([7, 0, 0xffff_ffff]) ?? 7, type: eventTypes.noAction, data: pick(texts) ?? data };
      return below(8) === 0 ? [extra, one] : [one];
    });
    const machine = await createSimulatedVtpm({ attestationKey, encryptionKey, boot });
    const evidence = { ...machine.quote(), pcrs: machine.pcrs(), eventLog: writeEventLog(told) };
    const outcome = appraiseAzureCvm(hclReport, hardware, { ...evidence, quote: evidence.attest }, { nonce: 'any' });
    return outcomeOf(outcome, ({ measuredBoot }) => [String(measuredBoot?.secureBoot ?? false)]);
  },
};
