/** An independent verifier of DCAP quotes, fed by the simulated caching service, judges simulated evidence. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, describe, test } from 'node:test';
import { getCollateral, QuoteVerifier } from '@phala/dcap-qvl';
import { startPcsServer } from '../serving/index.ts';
import { createSimulatedPlatform } from '../sgx/index.ts';
import { generateEcKeys } from '../x509/index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const platform = await createSimulatedPlatform({ at });
const root = new X509Certificate(platform.certificates.root).raw;
const pccs = await startPcsServer({
  dialect: 'pccs',
  collateral: ({ tee }) =>
    platform.collateral({ tee, tcbStatus: 'SWHardeningNeeded', advisoryIds: ['INTEL-SA-00334'] }),
});
after(() => pccs.close());

async function judge(quote: Uint8Array) {
  const collateral = await getCollateral(pccs.url, Buffer.from(quote));
  return QuoteVerifier.newWithRootCa(root).verify(Buffer.from(quote), collateral, at.getTime() / 1000);
}

describe('an independent verifier', () => {
  for (const [name, quote] of [
    ['SGX, version 3', () => platform.quote()],
    ['TDX 1.0, version 4', () => platform.tdxQuote()],
    ['TDX 1.0, version 5', () => platform.tdxQuote({ version: 5, layout: '1.0' })],
    ['TDX 1.5, version 5', () => platform.tdxQuote({ version: 5 })],
  ] as const) {
    test(`accepts a quote of ${name}`, async () => {
      const { status, advisory_ids } = await judge(quote());
      assert.deepEqual([status, advisory_ids], ['SWHardeningNeeded', ['INTEL-SA-00334']]);
    });
  }

  test('refuses a quote that another key signed', async () => {
    await assert.rejects(judge(platform.quote({ signQuoteWith: generateEcKeys() })));
    await assert.rejects(judge(platform.tdxQuote({ signQeReportWith: generateEcKeys() })));
  });

  test('refuses the platform under another root', async () => {
    const other = await createSimulatedPlatform({ at });
    await assert.rejects(judge(other.quote()));
  });
});
