/** The simulated platforms of an emulator: one Intel machine, one of AMD, and an Azure guest on each, which are made when first asked for. */
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import {
  createSimulatedSnpPlatform,
  exportSimulatedSnpPlatform,
  generateAmdKeys,
  importSimulatedSnpPlatform,
  type SimulatedSnpPlatform,
} from '@atesto/testing/sevsnp';
import {
  createSimulatedPlatform,
  exportSimulatedPlatform,
  importSimulatedPlatform,
  type SimulatedPlatform,
} from '@atesto/testing/sgx';
import { createSimulatedVtpm } from '@atesto/testing/tpm';

/** Simulated platforms, each under a throw-away root of its own. */
export class SimulatedPlatforms {
  readonly intel: SimulatedPlatform;
  readonly amd: SimulatedSnpPlatform;
  #guest: Promise<SimulatedAzureGuest> | undefined;

  constructor(intel: SimulatedPlatform, amd: SimulatedSnpPlatform) {
    this.intel = intel;
    this.amd = amd;
  }

  /** An Azure confidential VM on the AMD machine, the same one in each call. */
  guest(): Promise<SimulatedAzureGuest> {
    this.#guest ??= createSimulatedVtpm().then(
      (vtpm) => new SimulatedAzureGuest({ kind: 'SevSnp', platform: this.amd }, vtpm),
    );
    return this.#guest;
  }

  /** SHA-256 of the roots' public keys, lower-case hex: for `provider.trustAnchors`. */
  get trustAnchors(): string[] {
    return [this.intel.rootFingerprint, this.amd.rootFingerprint];
  }
}

/** AMD's own keys have 4096 bits; making those takes seconds. */
const amdKeyBits = 2048;

/** Makes platforms with new keys. */
export async function createSimulatedPlatforms(): Promise<SimulatedPlatforms> {
  const at = new Date();
  const [intel, amd] = await Promise.all([
    createSimulatedPlatform({ at }),
    generateAmdKeys(amdKeyBits).then((keys) => createSimulatedSnpPlatform({ at, keys })),
  ]);
  return new SimulatedPlatforms(intel, amd);
}

/** The platforms as a document for `JSON.stringify`; it holds their private keys. */
export function exportPlatforms({ intel, amd }: SimulatedPlatforms) {
  return { intel: exportSimulatedPlatform(intel), amd: exportSimulatedSnpPlatform(amd) };
}

/** The platforms of a saved document. Throws an error when it is none. */
export function importPlatforms(saved: unknown): SimulatedPlatforms {
  if (typeof saved !== 'object' || saved === null || !('intel' in saved) || !('amd' in saved)) {
    throw new TypeError('these are no saved simulated platforms');
  }
  return new SimulatedPlatforms(importSimulatedPlatform(saved.intel), importSimulatedSnpPlatform(saved.amd));
}
