/** Reads a file of Intel's collateral. One that is no JSON at all is the call's fault, and is said by line and column. */
import { decodeUtf8, readJson } from '@atesto/core';
import { parseIntelCollateral } from '@atesto/evidence/advanced';
import { misused } from '../failure.ts';
import { readBytes } from './file.ts';
import { placeOf } from './place.ts';

const form =
  'Give the JSON that Intel’s tools write, with tcb_info, qe_identity, pck_crl and so on: docs/endorsements.md.';

/** The bytes of the file; what its members say is for the appraisal to judge. */
export async function readCollateral(path: string): Promise<Buffer> {
  const bytes = await readBytes(path, 'the collateral');
  if (parseIntelCollateral(bytes).ok) return bytes;
  const fault = faultIn(bytes);
  return fault === undefined ? bytes : misused(`the collateral ${path}: ${fault}`, form);
}

function faultIn(bytes: Uint8Array): string | undefined {
  const text = decodeUtf8(bytes, 'drop');
  if (text === undefined) return 'it is not UTF-8 text';
  if (text.trim() === '') return 'it is empty';
  const reading = readJson(text);
  if (reading.ok) return undefined;
  const { at, why } = reading.fault;
  return `${placeOf(text, at)}: ${why}${knownForm(text.slice(at))}`;
}

/** What people put there instead. */
function knownForm(found: string): string {
  if (found.startsWith('-----BEGIN')) return ', but PEM';
  return /^(\/\/|\/\*|#)/.test(found) ? ', which has no comments' : '';
}
