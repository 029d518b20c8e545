/** What a quote makes a source be asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IntelLookup } from '@atesto/evidence/advanced';
import { intelRequestFor } from '../index.ts';

const id = {
  ppid: new Uint8Array(384).fill(0xab),
  ppidEncrypted: true,
  cpuSvn: new Uint8Array(16).fill(2),
  pceSvn: 13,
  pceId: new Uint8Array([1, 0]),
};
const lookup: IntelLookup = { kind: 'pck-certificate', tee: 'sgx', qeId: new Uint8Array(16).fill(7), id };
const address = { qeId: '07'.repeat(16), cpuSvn: '02'.repeat(16), pceSvn: '0d00', pceId: '0100' };

test('a quote with its certificate asks for the collateral of the family', () => {
  const needed = { tee: 'tdx', fmspc: '00a5a5000000', pceId: '0000', ca: 'platform' } as const;
  assert.deepEqual(intelRequestFor({ kind: 'collateral', needed }), { ok: true, value: needed });
});

test('a quote without asks for the certificate, numbers little-endian as the quote has them', () => {
  const pckCertificate = { ...address, encryptedPpid: 'ab'.repeat(384) };
  assert.deepEqual(intelRequestFor(lookup), { ok: true, value: { tee: 'sgx', pckCertificate } });
});

test('a PPID in the clear, or of RSA-2048, is no address', () => {
  for (const [size, ppidEncrypted] of [
    [16, false],
    [256, true],
  ] as const) {
    const request = intelRequestFor({ ...lookup, id: { ...id, ppid: new Uint8Array(size), ppidEncrypted } });
    assert.deepEqual(request, { ok: true, value: { tee: 'sgx', pckCertificate: address } });
  }
});

test('certification data that ends before the PCEID is refused', () => {
  const request = intelRequestFor({ ...lookup, id: { ...id, pceId: undefined } });
  assert.equal(request.ok ? 'ok' : request.refusal.code, 'pck-certificate-not-addressable');
});
