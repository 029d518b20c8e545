/** Reads PCR values from a file: a JSON list of hexadecimal texts by number, or an object of them. */
import { misused } from '../failure.ts';

const form = 'write a JSON list of hexadecimal texts, or an object like {"0": "50597a27…"}';

/** Values by number. What the file does not name, a quote must not cover. */
export function parsePcrFile(text: string, path: string): ReadonlyMap<number, Uint8Array> {
  let listed: unknown;
  try {
    listed = JSON.parse(text);
  } catch {
    return misused(`the PCR values ${path}: it is not JSON`, form);
  }
  if (typeof listed !== 'object' || listed === null) return misused(`the PCR values ${path}: it is not a list`, form);
  return new Map(Object.entries(listed).map(([pcr, value]) => [pcrNumber(pcr, path), pcrValue(value, pcr, path)]));
}

function pcrNumber(text: string, path: string): number {
  const number = /^\d{1,2}$/.test(text) ? Number(text) : 24;
  return number < 24 ? number : misused(`the PCR values ${path}: there is no PCR ${text}`, form);
}

function pcrValue(value: unknown, pcr: string, path: string): Uint8Array {
  if (typeof value === 'string' && /^(0x)?([0-9a-fA-F]{2})+$/.test(value)) {
    return Buffer.from(value.replace(/^0x/, ''), 'hex');
  }
  return misused(`the PCR values ${path}: PCR ${pcr} is not a hexadecimal text`, form);
}
