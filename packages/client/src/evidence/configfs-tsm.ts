/**
 * Evidence of a confidential virtual machine under Linux, TDX and SEV-SNP alike.
 * Source: Linux, Documentation/ABI/testing/configfs-tsm-report (since 6.7).
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { checkOptions } from '@atesto/core';
import { reportDataBytes } from '../attest/data.ts';
import { ClientError } from '../error.ts';
import { misuse } from '../options.ts';
import { chainOfCertificateTable, writeSnpDocument } from './snp-document.ts';
import { type CollectedEvidence, checkReportData, type EvidenceSource, evidenceOf } from './source.ts';

/** How the kernel's files are reached. */
export interface TsmFiles {
  /** Makes a report entry; the kernel puts the files in. */
  readonly makeEntry: (path: string) => Promise<unknown>;
  /** Removes a report entry. */
  readonly removeEntry: (path: string) => Promise<unknown>;
  /** Reads a whole file. */
  readonly read: (path: string) => Promise<Uint8Array>;
  /** Writes a file that exists, in one piece. */
  readonly write: (path: string, content: string | Uint8Array) => Promise<unknown>;
}

/** Where evidence comes from, and which. */
export interface ConfigfsTsmOptions {
  /** Default: `/sys/kernel/config/tsm/report`. */
  readonly directory?: string;
  /** The privilege level of SEV-SNP (VMPL) that the report is for, 0 to 3. Default: the kernel's own. */
  readonly privilegeLevel?: number;
  /** Default: the file system. */
  readonly files?: TsmFiles;
}

const fileSystem: TsmFiles = {
  makeEntry: (path) => mkdir(path),
  removeEntry: (path) => rmdir(path),
  read: (path) => readFile(path),
  write: (path, content) => writeFile(path, content, { flag: 'r+' }),
};

/** Evidence from the kernel. Each collection has a report entry of its own, so that callers do not meet. */
export function evidenceFromConfigfsTsm(options: ConfigfsTsmOptions = {}): EvidenceSource {
  checkOptions<ConfigfsTsmOptions>(options, { directory: true, privilegeLevel: true, files: true }, 'options');
  const { directory = '/sys/kernel/config/tsm/report', privilegeLevel, files = fileSystem } = options;
  if (
    privilegeLevel !== undefined &&
    !(Number.isInteger(privilegeLevel) && privilegeLevel >= 0 && privilegeLevel <= 3)
  ) {
    misuse('options.privilegeLevel', 'a whole number from 0 to 3');
  }
  return {
    collect: async (reportData) => {
      checkReportData(reportData);
      const entry = join(directory, `atesto-${randomUUID()}`);
      await files.makeEntry(entry).catch((cause: unknown) => {
        const why =
          'no report entry can be made: this is no confidential VM, or its kernel does not say so, or root is needed';
        throw new ClientError('attestation-unavailable', directory, why, { cause });
      });
      try {
        return await report(new Entry(entry, files), reportData, privilegeLevel);
      } finally {
        await files.removeEntry(entry).catch(() => undefined);
      }
    },
  };
}

/** The files of one report entry. */
class Entry {
  readonly path: string;
  readonly #files: TsmFiles;

  constructor(path: string, files: TsmFiles) {
    this.path = path;
    this.#files = files;
  }

  async read(name: string): Promise<Uint8Array> {
    const path = join(this.path, name);
    return await this.#files.read(path).catch((cause: unknown) => {
      throw new ClientError('evidence-unreadable', path, 'the kernel does not give it', { cause });
    });
  }

  /** Undefined when the kernel does not have the file, or nothing to put in. */
  async readOptional(name: string): Promise<Uint8Array | undefined> {
    const bytes = await this.#files.read(join(this.path, name)).catch(() => undefined);
    return bytes === undefined || bytes.length === 0 ? undefined : bytes;
  }

  async text(name: string): Promise<string> {
    return Buffer.from(await this.read(name))
      .toString('latin1')
      .trim();
  }

  async write(name: string, content: string | Uint8Array): Promise<void> {
    const path = join(this.path, name);
    await this.#files.write(path, content).catch((cause: unknown) => {
      throw new ClientError('attestation-unavailable', path, 'the kernel does not take it', { cause });
    });
  }
}

async function report(
  entry: Entry,
  reportData: Uint8Array,
  privilegeLevel: number | undefined,
): Promise<CollectedEvidence> {
  const before = Number(await entry.text('generation'));
  if (privilegeLevel !== undefined) await entry.write('privlevel', String(privilegeLevel));
  await entry.write('inblob', reportData);
  const writes = privilegeLevel === undefined ? 1 : 2;
  const provider = await entry.text('provider');
  const evidence = await evidenceBy(provider, entry, reportData);
  if (Number(await entry.text('generation')) !== before + writes) {
    throw new ClientError('evidence-not-bound', entry.path, 'somebody else wrote to the report entry meanwhile');
  }
  return evidence;
}

/** The name of the kernel's driver says what its report is. */
async function evidenceBy(provider: string, entry: Entry, reportData: Uint8Array): Promise<CollectedEvidence> {
  const bytes = await entry.read('outblob');
  const where = join(entry.path, 'outblob');
  switch (provider) {
    case 'tdx_guest':
      checkBinding(bytes, tdxReportDataOffset(bytes), reportData, where);
      return { ...evidenceOf(bytes, where), attestationType: 'TdxVm' };
    case 'sev_guest': {
      checkBinding(bytes, snpReportDataOffset, reportData, where);
      const table = await entry.readOptional('auxblob');
      const chain =
        table === undefined ? undefined : chainOfCertificateTable(table, bytes, join(entry.path, 'auxblob'));
      const document = writeSnpDocument({ report: bytes, ...(chain === undefined ? {} : { certificateChain: chain }) });
      return { ...evidenceOf(document, where), attestationType: 'SevSnpVm' };
    }
    default:
      throw new ClientError(
        'attestation-unavailable',
        entry.path,
        `reports of ${JSON.stringify(provider)} are not known`,
      );
  }
}

/** SEV-SNP attestation report, REPORT_DATA. */
const snpReportDataOffset = 0x50;

/** After the header, and in version 5 the type and size of the body: REPORTDATA of the TD report. */
function tdxReportDataOffset(quote: Uint8Array): number {
  return (quote[0] === 5 ? 48 + 6 : 48) + 520;
}

function checkBinding(bytes: Uint8Array, offset: number, reportData: Uint8Array, where: string): void {
  const carried = bytes.subarray(offset, offset + reportDataBytes);
  if (Buffer.compare(carried, reportData) === 0) return;
  throw new ClientError('evidence-not-bound', where, 'the report is for other report data');
}
