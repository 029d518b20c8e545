/** Reads the files that a command is given. What cannot be read is the call's fault, and is said by its path. */

import { readFile } from 'node:fs/promises';
import { decodeUtf8 } from '@atesto/core';
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
  const text = decodeUtf8(bytes, 'drop');
  if (text === undefined) throw new CliFailure(exitCodes.usage, `${what} ${path}: it is not UTF-8 text`);
  return text;
}

/** A secret: the first line of a file. */
export async function readSecret(path: string, what: string): Promise<string> {
  const [line = ''] = (await readText(path, what)).split(/\r?\n/, 1);
  if (line === '') throw new CliFailure(exitCodes.usage, `${what} ${path}: its first line is empty`);
  return line;
}
