/** Which address a request is counted, logged and recorded under. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seenAudit } from '@atesto/store/testing';
import { serve } from '../__fixtures__/service.ts';
import { callerAddress } from './caller-address.ts';

test('leaves out the port that some load balancers write, and tells what is no address as unknown', () => {
  const addresses: readonly (readonly [string, string])[] = [
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:5678', '192.0.2.1'],
    ['2001:db8::1', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['[192.0.2.1]x', 'unknown'],
    ['192.0.2.1:', 'unknown'],
    ['192.0.2:80', 'unknown'],
    ['_hidden', 'unknown'],
    ['x'.repeat(9000), 'unknown'],
    ['', 'unknown'],
  ];
  assert.deepEqual(
    addresses.map(([ip]) => [ip, callerAddress({ ip })]),
    addresses,
  );
});

test('counts, records and logs a caller behind a load balancer that writes ports by its address alone', async () => {
  const audit = seenAudit();
  const settings = {
    listen: { port: 0, trustedProxies: ['127.0.0.1'] },
    health: { detailsFor: ['198.51.100.0/24'] },
    admission: { address: { requestsPerSecond: 1, requestBurst: 1 } },
  };
  const service = await serve(settings, { audit, monotonicMs: () => 0 });
  const attest = async (from: string): Promise<number> => {
    const answer = await service.attest('SgxEnclave', {}, { headers: { 'x-forwarded-for': from } });
    return answer.status;
  };
  assert.deepEqual(
    [await attest('192.0.2.1:1000'), await attest('192.0.2.1:1001'), await attest('192.0.2.2:1000')],
    [400, 429, 400],
  );
  const ready = await service.call('/readyz', { headers: { 'x-forwarded-for': '198.51.100.1:80' } });
  assert.ok(ready.text.includes('dependencies'), ready.text);
  const recorded = audit.entries.map(({ address }) => address);
  const logged = service.logged.map((line) => JSON.parse(line)).filter(({ msg }) => msg === 'request');
  assert.deepEqual([recorded, logged.map(({ address }) => address)], Array(2).fill(['192.0.2.1', '192.0.2.2']));
});
