/** A directory that behaves like Linux's configfs-tsm: entries come with their files, writes count, reports are made when read. */
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { TsmFiles } from '../index.ts';

/** What the machine is. */
export interface TsmMachine {
  /** `tdx_guest` or `sev_guest`. */
  readonly provider: string;
  readonly report: (reportData: Uint8Array, privilegeLevel: number | undefined) => Uint8Array;
  readonly auxiliary?: Uint8Array;
  /** Called before a report is read: what another process does then. */
  readonly meanwhile?: (entry: string, files: TsmFiles) => Promise<void>;
}

/** Files of such a directory. */
export function tsmFiles(machine: TsmMachine): TsmFiles {
  const generationOf = (entry: string): number => Number(readFileSync(join(entry, 'generation'), 'utf8'));
  const store = (entry: string, name: string, content: string | Uint8Array): void =>
    writeFileSync(join(entry, name), content);
  const files: TsmFiles = {
    makeEntry: async (entry) => {
      mkdirSync(entry);
      for (const name of ['inblob', 'privlevel', 'outblob']) store(entry, name, '');
      store(entry, 'provider', `${machine.provider}\n`);
      store(entry, 'generation', '0\n');
      if (machine.auxiliary !== undefined) store(entry, 'auxblob', machine.auxiliary);
      chmodSync(join(entry, 'generation'), 0o600);
    },
    removeEntry: async (entry) => rmSync(entry, { recursive: true }),
    write: async (path, content) => {
      const [entry, name] = [dirname(path), basename(path)];
      if (!['inblob', 'privlevel'].includes(name)) throw new Error('EACCES');
      if (name === 'inblob' && (content.length === 0 || content.length > 64)) throw new Error('EINVAL');
      store(entry, name, content);
      store(entry, 'generation', `${generationOf(entry) + 1}\n`);
    },
    read: async (path) => {
      const [entry, name] = [dirname(path), basename(path)];
      if (name === 'outblob') {
        await machine.meanwhile?.(entry, files);
        const level = readFileSync(join(entry, 'privlevel'), 'utf8');
        const asked = readFileSync(join(entry, 'inblob'));
        return machine.report(asked, level === '' ? undefined : Number(level));
      }
      return readFileSync(path);
    },
  };
  return files;
}
