/** Pins the public API. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as azure from './azure/index.ts';
import * as main from './index.ts';
import * as servers from './serving/index.ts';
import * as sevsnp from './sevsnp/index.ts';
import * as sgx from './sgx/index.ts';
import * as tdx from './tdx/index.ts';
import * as tpm from './tpm/index.ts';
import * as x509 from './x509/index.ts';

test('each entry exports exactly its public API', () => {
  const entries = { main, azure, servers, sevsnp, sgx, tdx, tpm, x509 };
  const exported = Object.fromEntries(Object.entries(entries).map(([name, all]) => [name, Object.keys(all).sort()]));
  assert.deepEqual(exported, {
    main: ['ConfigurationError', 'createTestAttestation', 'evidenceFromPlatform'],
    azure: ['SimulatedAzureGuest', 'claimsReportData'],
    servers: ['startKdsServer', 'startPcsServer'],
    sevsnp: [
      'SimulatedSnpPlatform',
      'SimulatedUvmSigner',
      'createSimulatedSnpPlatform',
      'createSimulatedUvmSigner',
      'exportSimulatedSnpPlatform',
      'generateAmdKeys',
      'importSimulatedSnpPlatform',
      'reportDataOf',
    ],
    sgx: [
      'SimulatedPlatform',
      'collateralToJson',
      'createSimulatedPlatform',
      'exportSimulatedPlatform',
      'importSimulatedPlatform',
      'reportDataOf',
      'writeCustomClaims',
    ],
    tdx: ['SimulatedPlatform', 'createSimulatedPlatform', 'reportDataOf'],
    tpm: [
      'SimulatedVtpm',
      'createSimulatedVtpm',
      'defaultBoot',
      'eventTypes',
      'pcrMask',
      'secureBootVariable',
      'tpmAlgorithms',
      'tpmAttributes',
      'writeEventLog',
      'writeSpecId',
    ],
    x509: ['generateEcKeys'],
  });
});
