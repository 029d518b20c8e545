/** Reads a file of evidence as `atesto inspect` does: as it is, or decoded from hex, base64, base64url or a JSON envelope. */
import { readBytes } from './file.ts';

/** Evidence, and what it was taken for. */
export interface EvidenceFile {
  readonly bytes: Uint8Array;
  /** Kind of `atesto inspect`; undefined: nobody knows it, and `bytes` are those of the file. */
  readonly kind: string | undefined;
  /** The kind in words; empty when nobody knows it. */
  readonly title: string;
  /** How it was encoded; undefined: not at all. */
  readonly form: string | undefined;
}

/** Reads a file. @param what names it in a failure: `the evidence` */
export async function readEvidence(path: string, what: string): Promise<EvidenceFile> {
  const file = await readBytes(path, what);
  const { recognize } = await import('../inspect/inspect.ts');
  const found = recognize(file);
  if (found === undefined) return { bytes: file, kind: undefined, title: '', form: undefined };
  const { bytes, form, inspection } = found;
  return { bytes, form, kind: inspection.kind, title: inspection.title };
}

/** `TDX quote, read as hex`; undefined when it was taken as it is. */
export function takenAs({ title, form }: EvidenceFile): string | undefined {
  return form === undefined ? undefined : `${title}, read as ${form}`;
}

/** What appraises each kind. */
export const technologyOf: Readonly<Record<string, string>> = {
  'sgx-quote': 'sgx',
  'open-enclave': 'sgx',
  'tdx-quote': 'tdx',
  'snp-report': 'sevsnp',
  'snp-document': 'sevsnp',
  'hcl-report': 'azure-cvm',
};

/** What to do with the evidence instead, unless it is for `atesto verify TECHNOLOGY`. */
export function betterCommand({ kind, title }: EvidenceFile, technology?: string): string | undefined {
  if (kind === undefined) return undefined;
  const meant = technologyOf[kind];
  if (meant !== undefined && meant === technology) return undefined;
  const command = meant === undefined ? otherCommands[kind] : `atesto verify ${meant} checks it`;
  return `The file holds: ${title}; ${command ?? 'atesto inspect shows it'}.`;
}

const otherCommands: Readonly<Record<string, string>> = {
  token: 'atesto token verify checks it',
  'intel-collateral': 'name it with --collateral',
  'azure-guest': 'a service checks it, as Azure sends it to POST /attest/AzureGuest',
};
