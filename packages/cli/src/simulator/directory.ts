/** A simulated platform that several commands share: kept in a directory, with collateral that stays fresh. */
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  collateralToJson,
  createSimulatedPlatform,
  exportSimulatedPlatform,
  importSimulatedPlatform,
  type SimulatedPlatform,
} from '@atesto/testing/sgx';
import { misused } from '../failure.ts';

/** The platform and where its collateral is. */
export interface SimulatorDirectory {
  readonly platform: SimulatedPlatform;
  /** Path of the collateral file. */
  readonly collateral: string;
}

const dayMs = 86_400_000;

/** Opens the platform of a directory; makes directory and platform when they are not there. */
export async function openSimulator(directory: string): Promise<SimulatorDirectory> {
  const path = join(directory, 'platform.json');
  const saved = await readFile(path, 'utf8').catch(() => undefined);
  const platform = saved === undefined ? await makePlatform(directory, path) : readPlatform(saved, path);
  const collateral = join(directory, 'collateral.json');
  const madeAt = (await stat(collateral).catch(() => undefined))?.mtimeMs ?? 0;
  if (Date.now() - madeAt > dayMs) {
    await writeFile(collateral, JSON.stringify(collateralToJson(await platform.collateral({ at: new Date() }))));
  }
  return { platform, collateral };
}

async function makePlatform(directory: string, path: string): Promise<SimulatedPlatform> {
  const platform = await createSimulatedPlatform({ at: new Date() });
  await mkdir(directory, { recursive: true });
  await writeFile(path, JSON.stringify(exportSimulatedPlatform(platform)), { mode: 0o600 });
  return platform;
}

function readPlatform(saved: string, path: string): SimulatedPlatform {
  try {
    return importSimulatedPlatform(JSON.parse(saved));
  } catch {
    return misused(
      `${path} holds no simulated platform`,
      'Name another directory, or remove this one: a new platform is made.',
    );
  }
}
