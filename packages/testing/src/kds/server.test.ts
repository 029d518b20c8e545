/** The simulated key distribution service, asked over HTTP by plain fetch. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, test } from 'node:test';
import { type KdsServerOptions, startKdsServer } from '../serving/index.ts';
import { createSimulatedSnpPlatform, generateAmdKeys } from '../sevsnp/index.ts';

const platform = await createSimulatedSnpPlatform({
  at: new Date('2026-06-01T12:00:00Z'),
  keys: await generateAmdKeys(2048),
  chipId: 'ab'.repeat(64),
  tcb: { bootLoader: 4, tee: 0, snp: 24, microcode: 219 },
});
const stops: (() => Promise<void>)[] = [];
after(() => Promise.all(stops.map((stop) => stop())));

async function start(options: Partial<KdsServerOptions> = {}) {
  const server = await startKdsServer({ contents: platform, ...options });
  stops.push(() => server.close());
  return server;
}

const levels = 'blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219';
const vcekPath = `/vcek/v1/Milan/${'AB'.repeat(64)}?${levels}`;
const { ark, ask, asvk, vcek } = platform.certificates;

test('a VCEK is DER, found by product, chip and patch levels', async () => {
  const { url, requests } = await start();
  const answer = await fetch(url + vcekPath);
  assert.deepEqual(Buffer.from(await answer.arrayBuffer()), new X509Certificate(vcek).raw);
  for (const path of [
    vcekPath.replace('Milan', 'Genoa'),
    vcekPath.replace('AB', 'CD'),
    vcekPath.replace('219', '218'),
    '/vlek/v1/Milan/abcd',
    '/somewhere',
  ]) {
    assert.equal((await fetch(url + path)).status, 404, path);
  }
  assert.equal(requests[0], vcekPath);
});

test('chains are PEM, authority and root; the list is DER', async () => {
  const { url } = await start();
  const text = async (path: string) => (await fetch(url + path)).text();
  assert.equal(await text('/vcek/v1/Milan/cert_chain'), ask + ark);
  assert.equal(await text('/vlek/v1/Milan/cert_chain'), asvk + ark);
  const list = Buffer.from(await (await fetch(`${url}/vcek/v1/Milan/crl`)).arrayBuffer());
  assert.equal(list[0], 0x30);
});

test('faults: too many requests, another chip, a wrong signature', async () => {
  const { url, setFaults } = await start({ faults: [{ kind: 'status', status: 429, retryAfterSeconds: 1, times: 1 }] });
  const busy = await fetch(url + vcekPath);
  assert.deepEqual([busy.status, busy.headers.get('retry-after')], [429, '1']);
  assert.equal((await fetch(url + vcekPath)).status, 200);
  setFaults([{ kind: 'wrong-platform' }, { kind: 'wrong-signature', item: 'vcek' }]);
  const other = await fetch(url + vcekPath.replace('AB', 'CD'));
  const certificate = new X509Certificate(Buffer.from(await other.arrayBuffer()));
  assert.equal(certificate.verify(new X509Certificate(ask).publicKey), false);
});

test('the contents can be chosen by request', async () => {
  const { url } = await start({
    contents: (request) => (request.item === 'vcek' ? Buffer.from(`${request.chipId} ${request.tcb.snp}`) : undefined),
  });
  assert.equal(await (await fetch(`${url}/vcek/v1/Turin/0A0B?snpSPL=3&fmcSPL=1`)).text(), '0a0b 3');
  assert.equal((await fetch(`${url}/vcek/v1/Turin/crl`)).status, 404);
});
