/** Reads what is sent along with the evidence. */
import type { AttestedData, AttestOptions } from '@atesto/client';
import { misused } from '../failure.ts';
import { readBytes, readText } from '../input/file.ts';

/** The options that say it. */
export interface DataOptions {
  readonly runtimeData?: string;
  readonly runtimeJson?: string;
  readonly initTimeData?: string;
  readonly initTimeJson?: string;
  readonly draftPolicy?: string;
  readonly nonce?: string;
}

/** Reads the files that the options name. */
export async function readAttestOptions(options: DataOptions): Promise<AttestOptions> {
  const runtimeData = await readData(options.runtimeData, options.runtimeJson, 'the runtime data');
  const initTimeData = await readData(options.initTimeData, options.initTimeJson, 'the init-time data');
  const { draftPolicy, nonce } = options;
  return {
    ...(runtimeData === undefined ? {} : { runtimeData }),
    ...(initTimeData === undefined ? {} : { initTimeData }),
    ...(draftPolicy === undefined ? {} : { draftPolicy: await readText(draftPolicy, 'the draft policy') }),
    ...(nonce === undefined ? {} : { nonce }),
  };
}

async function readData(
  binary: string | undefined,
  json: string | undefined,
  what: string,
): Promise<AttestedData | undefined> {
  if (binary !== undefined && json !== undefined) return misused(`${what} is binary or JSON, not both`);
  if (binary !== undefined) return { bytes: await readBytes(binary, what) };
  return json === undefined ? undefined : { json: await readBytes(json, what) };
}
