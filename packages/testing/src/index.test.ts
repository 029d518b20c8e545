/** Pins the public API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as simulator from './index.ts';

test('exports', () => {
  assert.deepEqual(Object.keys(simulator).sort(), [
    'SimulatedAzureGuest',
    'SimulatedPlatform',
    'SimulatedSnpPlatform',
    'SimulatedUvmSigner',
    'SimulatedVtpm',
    'claimsReportData',
    'collateralToJson',
    'createSimulatedPlatform',
    'createSimulatedSnpPlatform',
    'createSimulatedUvmSigner',
    'createSimulatedVtpm',
    'defaultBoot',
    'eventTypes',
    'exportSimulatedPlatform',
    'exportSimulatedSnpPlatform',
    'generateAmdKeys',
    'generateEcKeys',
    'importSimulatedPlatform',
    'importSimulatedSnpPlatform',
    'pcrMask',
    'reportDataOf',
    'secureBootVariable',
    'startKdsServer',
    'startPcsServer',
    'tpmAlgorithms',
    'tpmAttributes',
    'writeCustomClaims',
    'writeEventLog',
    'writeSpecId',
  ]);
});
