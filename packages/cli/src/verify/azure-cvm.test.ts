import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AzureCvmVerdict, azureCvmRows } from './azure-cvm.ts';
import { valid } from './verdict.ts';

test('a TDX machine that its host may profile is not reported as one whose memory the host reads', () => {
  const debugOf = (attributeNames: readonly string[]) => {
    const hardware = { tee: 'tdx', tcbStatus: 'UpToDate', mrTd: '00', debug: true, attributeNames } as const;
    const others = { hcl: null, runtimeClaims: null, tpmQuote: null, pcrs: {}, measuredBoot: null };
    const verdict: AzureCvmVerdict = { ...valid, hardware, ...others };
    return azureCvmRows(verdict).find(([name]) => name === 'debug')?.[1];
  };
  assert.equal(debugOf(['PERF_PROF']), 'yes: the host can profile the trust domain');
  assert.equal(debugOf(['DEBUG', 'PERF_PROF']), 'yes: the host can read the memory of the trust domain');
});
