/**
 * Writes crypto-agile event logs and works out the PCR values that follow from them.
 * Source: TCG PC Client Platform Firmware Profile, section "Event Logging".
 */
import { createHash } from 'node:crypto';
import { type Bytes, bytesOf, u16, u32, u64 } from '../bytes/layout.ts';
import { type TpmHashName, tpmAlgorithms } from './structures.ts';

/** One event. */
export interface SimulatedEvent {
  readonly pcr: number;
  /** EV_… */
  readonly type: number;
  readonly data: Bytes;
  /** What is measured instead of the hash of the data. */
  readonly digest?: Bytes;
}

/** Types of events by the names of the profile. */
export const eventTypes = {
  noAction: 0x00000003,
  separator: 0x00000004,
  version: 0x00000008,
  bootApplication: 0x80000003,
  variableDriverConfig: 0x80000001,
  hcrtm: 0x80000010,
} as const;

const digestBytes = { sha256: 32, sha384: 48 } as const;

function digestOf({ data, digest }: SimulatedEvent, hash: TpmHashName): Buffer {
  return digest === undefined ? createHash(hash).update(bytesOf(data)).digest() : bytesOf(digest);
}

/** The first event, which names the digests of all others. */
export function writeSpecId(banks: readonly TpmHashName[]): Buffer {
  const algorithms = banks.flatMap((bank) => [u16(tpmAlgorithms[bank]), u16(digestBytes[bank])]);
  const event = Buffer.concat([
    Buffer.from('Spec ID Event03\0', 'latin1'),
    u32(0),
    Buffer.of(0, 2, 0, 2),
    u32(banks.length),
    ...algorithms,
    Buffer.of(0),
  ]);
  return Buffer.concat([u32(0), u32(eventTypes.noAction), Buffer.alloc(20), u32(event.length), event]);
}

/** A whole log. */
export function writeEventLog(events: readonly SimulatedEvent[], banks: readonly TpmHashName[] = ['sha256']): Buffer {
  const written = events.map((event) => {
    const data = bytesOf(event.data);
    const digests = banks.flatMap((bank) => [u16(tpmAlgorithms[bank]), digestOf(event, bank)]);
    return Buffer.concat([u32(event.pcr), u32(event.type), u32(banks.length), ...digests, u32(data.length), data]);
  });
  return Buffer.concat([writeSpecId(banks), ...written]);
}

const firstPcr = 0;
const hcrtmStart = 4;

/** The values of all 24 PCRs after the events. The first starts with 4 where an H-CRTM measured before all else. */
export function extendPcrs(events: readonly SimulatedEvent[], bank: TpmHashName = 'sha256'): Map<number, Buffer> {
  const sizeBytes = digestBytes[bank];
  const pcrs = new Map(
    Array.from({ length: 24 }, (_, pcr) => [pcr, Buffer.alloc(sizeBytes, pcr >= 17 && pcr <= 22 ? 0xff : 0)] as const),
  );
  const first = events.find(({ pcr, type }) => pcr === firstPcr && type !== eventTypes.noAction);
  if (first?.type === eventTypes.hcrtm) pcrs.get(firstPcr)?.writeUInt8(hcrtmStart, sizeBytes - 1);
  for (const event of events) {
    if (event.type === eventTypes.noAction) continue;
    const before = pcrs.get(event.pcr) ?? Buffer.alloc(sizeBytes);
    pcrs.set(event.pcr, createHash(bank).update(before).update(digestOf(event, bank)).digest());
  }
  return pcrs;
}

/** UEFI_VARIABLE_DATA of the variable SecureBoot. */
export function secureBootVariable(isOn: boolean): Buffer {
  const name = Buffer.from('SecureBoot', 'utf16le');
  const vendor = Buffer.from('61dfe48bca93d211aa0d00e098032b8c', 'hex');
  return Buffer.concat([vendor, u64(10n), u64(1n), name, Buffer.of(isOn ? 1 : 0)]);
}

/** A boot for those who name none: firmware, secure boot, a boot loader, and a separator in each PCR of the firmware. @param separator hex */
export function defaultBoot(secureBoot = true, separator = '00000000'): SimulatedEvent[] {
  const separators = [0, 1, 2, 3, 4, 5, 6, 7].map((pcr) => ({ pcr, type: eventTypes.separator, data: separator }));
  return [
    { pcr: 0, type: eventTypes.version, data: Buffer.from('Atesto Simulator: firmware') },
    { pcr: 7, type: eventTypes.variableDriverConfig, data: secureBootVariable(secureBoot) },
    ...separators,
    { pcr: 4, type: eventTypes.bootApplication, data: Buffer.from('boot loader') },
  ];
}
