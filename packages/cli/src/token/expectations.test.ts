/** What the options of the command line say of a machine's hardware. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readExpectations, withType } from './expectations.ts';

test('claims of the hardware are of an Azure machine, and are expected below its isolation', async () => {
  const { expectations } = await readExpectations(
    withType({
      isolationClaim: ['x-ms-compliance-status=mine', 'x-ms-sevsnpvm-migration-allowed=false'],
      claim: ['a=1'],
      acceptAny: true,
    }),
  );
  assert.deepEqual(expectations, {
    attestationType: 'AzureGuest',
    policyHash: 'any',
    nonce: 'any',
    runtimeData: 'any',
    debuggable: false,
    developmentRoot: false,
    claims: { a: 1 },
    isolationClaims: { 'x-ms-compliance-status': 'mine', 'x-ms-sevsnpvm-migration-allowed': false },
  });
});
