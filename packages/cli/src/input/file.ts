/** Reads the files that a command is given. What cannot be read is the call's fault, and is said by its path. */
import { readFile } from 'node:fs/promises';
import { CliFailure } from '../failure.ts';
import { exitCodes } from '../session.ts';

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a directory',
  EACCES: 'it may not be read',
};

/** The bytes of a file. @param what names it in a failure: `the quote` */
export async function readBytes(path: string, what: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    const code: unknown = error instanceof Error ? Reflect.get(error, 'code') : undefined;
    const reason = (typeof code === 'string' ? reasons[code] : undefined) ?? 'it cannot be read';
    throw new CliFailure(exitCodes.usage, `${what} ${path}: ${reason}`);
  }
}

/** The UTF-8 text of a file. */
export async function readText(path: string, what: string): Promise<string> {
  const bytes = await readBytes(path, what);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliFailure(exitCodes.usage, `${what} ${path}: it is not UTF-8 text`);
  }
}

/** A secret: the first line of a file. */
export async function readSecret(path: string, what: string): Promise<string> {
  const [line = ''] = (await readText(path, what)).split(/\r?\n/, 1);
  if (line === '') throw new CliFailure(exitCodes.usage, `${what} ${path}: its first line is empty`);
  return line;
}
