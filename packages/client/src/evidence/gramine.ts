/** Evidence of an enclave that runs under Gramine. Source: Gramine documentation, "Attestation and Secret Provisioning", /dev/attestation. */
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { reportDataBytes } from '../attest/data.ts';
import { ClientError } from '../error.ts';
import { checkReportData, type EvidenceSource, evidenceOf } from './source.ts';

/** Report data of a quote of version 3 or 4: after the header of 48 bytes, at 320 of the report body. */
const reportDataOffset = 48 + 320;

/** Evidence from Gramine's pseudo-files. @param directory default: `/dev/attestation` */
export function evidenceFromGramine(directory = '/dev/attestation'): EvidenceSource {
  // Writing report data and reading the quote are two steps on shared files: one collection at a time.
  let last: Promise<unknown> = Promise.resolve();
  return {
    collect: (reportData) => {
      const turn = last.then(() => quoteFor(directory, reportData));
      last = turn.catch(() => undefined);
      return turn.then((quote) => evidenceOf(quote, join(directory, 'quote')));
    },
  };
}

async function quoteFor(directory: string, reportData: Uint8Array): Promise<Uint8Array> {
  checkReportData(reportData);
  await checkType(directory);
  await writeReportData(join(directory, 'user_report_data'), reportData);
  const path = join(directory, 'quote');
  const quote = await readFile(path).catch((cause: unknown) => {
    throw new ClientError('evidence-unreadable', path, 'Gramine gives no quote; is sgx.remote_attestation set?', {
      cause,
    });
  });
  const carried = quote.subarray(reportDataOffset, reportDataOffset + reportDataBytes);
  if (!carried.equals(reportData)) {
    throw new ClientError(
      'evidence-not-bound',
      path,
      'the quote is for other report data; another process may ask too',
    );
  }
  return quote;
}

/** Older versions of Gramine have no such file; then the quote itself tells. */
async function checkType(directory: string): Promise<void> {
  const path = join(directory, 'attestation_type');
  const type = await readFile(path, 'utf8').catch(() => 'dcap');
  if (type.trim() === 'dcap') return;
  const why = 'remote attestation with DCAP is not enabled: set sgx.remote_attestation = "dcap" in the manifest';
  throw new ClientError('attestation-unavailable', path, why);
}

async function writeReportData(path: string, reportData: Uint8Array): Promise<void> {
  try {
    // The file exists and has its size: it is neither created nor cut.
    const file = await open(path, 'r+');
    try {
      await file.write(reportData, 0, reportDataBytes, 0);
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw new ClientError(
      'attestation-unavailable',
      path,
      'it cannot be written: this process is not a Gramine enclave',
      {
        cause,
      },
    );
  }
}
