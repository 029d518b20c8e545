/** A token of a real software HSM, away from the user's own; or what is missing for one. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import type { HsmSettings } from '../keys/hsm/hsm.ts';

const library = ['/usr/lib/softhsm/libsofthsm2.so', '/usr/lib64/pkcs11/libsofthsm2.so'].find(existsSync);
const pin = '4711-test';

/** For the `skip` option of a test: why it cannot run; false when it can. */
export const softHsmMissing: string | false = whatIsMissing();

function whatIsMissing(): string | false {
  if (library === undefined) return 'SKIPPED: SoftHSM is not installed';
  try {
    createRequire(import.meta.url)('pkcs11js');
    return false;
  } catch {
    return 'SKIPPED: the PKCS#11 binding is not built (npm run build:hsm)';
  }
}

/** Makes a token; it is gone when the file's tests end. */
export function makeToken(): HsmSettings {
  const directory = mkdtempSync(join(tmpdir(), 'atesto-hsm-'));
  after(() => rmSync(directory, { recursive: true, force: true }));
  mkdirSync(join(directory, 'tokens'));
  const configuration = join(directory, 'softhsm2.conf');
  writeFileSync(configuration, `directories.tokendir = ${join(directory, 'tokens')}\nlog.level = ERROR\n`);
  process.env.SOFTHSM2_CONF = configuration;
  const options = ['--init-token', '--free', '--label', 'atesto', '--pin', pin, '--so-pin', '0815-test'];
  execFileSync('softhsm2-util', options, { stdio: 'ignore' });
  return { library: library ?? '', tokenLabel: 'atesto', pin };
}
