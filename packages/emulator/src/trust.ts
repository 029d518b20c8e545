/** Writes the files of CAs that clients of an emulator trust: its own one besides those that they trusted before. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';

/** The files, PEM. */
export interface TrustFiles {
  /** What is trusted besides the public CAs: for variables that add. */
  readonly extra: string;
  /** Everything: for variables that replace. */
  readonly all: string;
}

/** Writes them to a directory. @param ca PEM */
export function writeTrust(directory: string, ca: string): TrustFiles {
  const [extra, all] = [join(directory, 'ca-extra.pem'), join(directory, 'ca-all.pem')];
  const write = (file: string, certificates: readonly string[]): void =>
    writeFileSync(file, [...new Set([ca, ...certificates].map((pem) => `${pem.trim()}\n`))].join(''));
  // Behind a proxy that inspects connections, its CA is among these.
  write(extra, getCACertificates('extra'));
  write(all, [...getCACertificates('default'), ...getCACertificates('system')]);
  return { extra, all };
}
