/** Builds the binding to PKCS#11, which only services with an HSM need: it takes a C++ compiler, make and Python. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The headers of the Node that runs, where its package has them: nothing is downloaded then. */
const nodeRoot = join(dirname(process.execPath), '..');
const headers = existsSync(join(nodeRoot, 'include', 'node')) ? [`--nodedir=${nodeRoot}`] : [];
const { status } = spawnSync('npm', ['rebuild', 'pkcs11js', '--ignore-scripts=false', ...headers], {
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
