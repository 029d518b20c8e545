/** Simulated platforms that several programs share: kept in a directory, with their collateral for offline checks. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { collateralToJson } from '@atesto/testing/sgx';
import { createSimulatedPlatforms, exportPlatforms, importPlatforms, type SimulatedPlatforms } from './platforms.ts';

/** A directory's file holds no simulated platforms. */
export class PlatformsUnreadable extends Error {
  readonly path: string;

  constructor(path: string) {
    super(`${path} holds no simulated platforms`);
    this.name = 'PlatformsUnreadable';
    this.path = path;
  }
}

/**
 * Opens the platforms of a directory; makes directory and platforms when they are not there, and their collateral in each call:
 * `collateral/sgx.json`, `collateral/tdx.json`, `amd/vcek.pem`, `amd/cert_chain.pem`, `amd/crl.der`.
 * Throws {@link PlatformsUnreadable} when its `platforms.json` holds something else.
 */
export async function openSimulatedPlatforms(directory: string): Promise<SimulatedPlatforms> {
  const path = join(directory, 'platforms.json');
  const saved = await readFile(path, 'utf8').catch(() => undefined);
  const platforms = saved === undefined ? await createSimulatedPlatforms() : readPlatforms(saved, path);
  await mkdir(directory, { recursive: true });
  if (saved === undefined) await writeFile(path, JSON.stringify(exportPlatforms(platforms)), { mode: 0o600 });
  await writeCollateral(directory, platforms);
  return platforms;
}

function readPlatforms(saved: string, path: string): SimulatedPlatforms {
  try {
    return importPlatforms(JSON.parse(saved));
  } catch {
    throw new PlatformsUnreadable(path);
  }
}

async function writeCollateral(directory: string, { intel, amd }: SimulatedPlatforms): Promise<void> {
  const at = new Date();
  const [collateral, amdFiles] = [join(directory, 'collateral'), join(directory, 'amd')];
  await Promise.all([collateral, amdFiles].map((path) => mkdir(path, { recursive: true })));
  const write = async (tee: 'sgx' | 'tdx') =>
    writeFile(join(collateral, `${tee}.json`), JSON.stringify(collateralToJson(await intel.collateral({ at, tee }))));
  const { vcek, ask, ark } = amd.certificates;
  await Promise.all([
    write('sgx'),
    write('tdx'),
    writeFile(join(amdFiles, 'vcek.pem'), vcek),
    writeFile(join(amdFiles, 'cert_chain.pem'), ask + ark),
    writeFile(join(amdFiles, 'crl.der'), await amd.revocationList({ at })),
  ]);
}
