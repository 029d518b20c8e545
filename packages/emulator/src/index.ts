/**
 * An attestation service with simulated platforms and an OpenID provider, for development and tests on one machine.
 *
 * @module emulator
 */
export { development } from '@atesto/development';
export { evidenceFromPlatform } from '@atesto/testing';
export { collateralToJson } from '@atesto/testing/sgx';
export { type CommandIo, runEmulatorCommand } from './command.ts';
export { type Emulator, type EmulatorOptions, startEmulator } from './emulator.ts';
export { type SimulatedEndorsements, simulatedEndorsements } from './endorsements.ts';
export type { EvidenceRequest, SimulatedEvidence } from './evidence.ts';
export { openSimulatedPlatforms, PlatformsUnreadable } from './platform-directory.ts';
export { createSimulatedPlatforms, SimulatedPlatforms } from './platforms.ts';
