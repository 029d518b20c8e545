/** `atesto token verify` tells what a valid token says against itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTestAttestation } from '@atesto/testing';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';

const issuer = 'https://attest.example.org';
const attestation = createTestAttestation({ issuer });
const keys = temporaryFile('keys.json', JSON.stringify(attestation.keySet));
const simulated = 'the evidence may be simulated: a development root vouches for it (x-atesto-development-root)';
const expired = 'issued under endorsements past their next update: tcb_info, pck_crl (x-atesto-expired-collateral)';

for (const [what, contents, warnings] of [
  ['no warning of a token without', {}, []],
  ['a development root', { developmentRoot: true }, [simulated]],
  ['expired endorsements', { claims: { 'x-atesto-expired-collateral': ['tcb_info', 'pck_crl'] } }, [expired]],
  [
    'both',
    { developmentRoot: true, claims: { 'x-atesto-expired-collateral': 'tcb_info, pck_crl' } },
    [expired, simulated],
  ],
] as const) {
  test(`tells ${what}`, async () => {
    const token = attestation.token({ sgx: {}, ...contents });
    const args = [
      'token',
      'verify',
      token,
      '--issuer',
      issuer,
      '--keys',
      keys,
      '--accept-any',
      '--allow-development-root',
    ];
    const text = await runCli(args);
    assert.equal(text.exitCode, 0, text.stdout);
    const shown = text.stdout.split('\n').filter((line) => line.startsWith('  warning'));
    assert.deepEqual(
      shown.map((line) => line.replace(/^ +warning +/, '')),
      warnings,
    );
    assert.deepEqual(JSON.parse((await runCli([...args, '--json'])).stdout).warnings, warnings);
  });
}
