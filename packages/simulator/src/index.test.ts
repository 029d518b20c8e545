/** The public API is what this list says. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as simulator from './index.ts';

test('exports', () => {
  assert.deepEqual(Object.keys(simulator).sort(), [
    'SimulatedPlatform',
    'SimulatedSnpPlatform',
    'collateralToJson',
    'createSimulatedPlatform',
    'createSimulatedSnpPlatform',
    'exportSimulatedPlatform',
    'exportSimulatedSnpPlatform',
    'generateAmdKeys',
    'generateEcKeys',
    'importSimulatedPlatform',
    'importSimulatedSnpPlatform',
    'reportDataOf',
    'startKdsServer',
    'startPcsServer',
    'writeCustomClaims',
  ]);
});
