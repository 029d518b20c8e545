/** The simulated certification service, asked over HTTP by plain fetch. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { readVectorCollateral, vectorsMissing } from '@atesto/vectors';
import { type PcsServerOptions, startPcsServer } from '../serving/index.ts';
import { createSimulatedPlatform } from '../sgx/index.ts';

const platform = await createSimulatedPlatform({ at: new Date('2026-06-01T12:00:00Z'), fmspc: '00a5a5000000' });
const collateral = await platform.collateral();
const stops: (() => Promise<void>)[] = [];
after(() => Promise.all(stops.map((stop) => stop())));

async function start(options: Partial<PcsServerOptions> = {}) {
  const server = await startPcsServer({ collateral, ...options });
  stops.push(() => server.close());
  return server;
}

const sgx = '/sgx/certification/v4';
const tcbPath = `${sgx}/tcb?fmspc=00A5A5000000`;
const bytesOf = async (response: Response) => Buffer.from(await response.arrayBuffer());
const chainOf = (response: Response, name: string) => decodeURIComponent(response.headers.get(name) ?? '');

test('TCB info and QE identity come with their signed bytes as they are and their issuer chains', async () => {
  const { url, requests } = await start();
  const tcb = await fetch(url + tcbPath);
  assert.equal(tcb.status, 200);
  assert.equal(chainOf(tcb, 'TCB-Info-Issuer-Chain'), collateral.tcbInfoIssuerChain);
  const signature = Buffer.from(collateral.tcbInfoSignature).toString('hex');
  const body = Buffer.from(collateral.tcbInfo).toString();
  assert.equal(await tcb.text(), `{"tcbInfo":${body},"signature":"${signature}"}`);
  const identity = await fetch(`${url}${sgx}/qe/identity`);
  assert.equal(chainOf(identity, 'SGX-Enclave-Identity-Issuer-Chain'), collateral.qeIdentityIssuerChain);
  assert.ok((await identity.text()).includes(`{"enclaveIdentity":${Buffer.from(collateral.qeIdentity)},`));
  assert.deepEqual(requests, [tcbPath, `${sgx}/qe/identity`]);
});

test('version 3 names the header of TCB info otherwise', async () => {
  const { url } = await start();
  const tcb = await fetch(`${url}/sgx/certification/v3/tcb?fmspc=00a5a5000000`);
  assert.equal(chainOf(tcb, 'SGX-TCB-Info-Issuer-Chain'), collateral.tcbInfoIssuerChain);
});

test('revocation lists are DER from Intel, hex from a caching service unless DER is asked for', async () => {
  const [pcs, pccs] = [await start(), await start({ dialect: 'pccs' })];
  const crlPath = `${sgx}/pckcrl?ca=platform&encoding=der`;
  for (const { url } of [pcs, pccs]) {
    const crl = await fetch(url + crlPath);
    assert.equal(chainOf(crl, 'SGX-PCK-CRL-Issuer-Chain'), collateral.pckCrlIssuerChain);
    assert.deepEqual(await bytesOf(crl), Buffer.from(collateral.pckCrl));
    assert.deepEqual(await bytesOf(await fetch(`${url}/IntelSGXRootCA.der`)), Buffer.from(collateral.rootCaCrl));
  }
  assert.deepEqual(await bytesOf(await fetch(`${pcs.url}${sgx}/rootcacrl`)), Buffer.from(collateral.rootCaCrl));
  const hex = await (await fetch(`${pccs.url}${sgx}/rootcacrl`)).text();
  assert.equal(hex, Buffer.from(collateral.rootCaCrl).toString('hex'));
  assert.match(await (await fetch(`${pcs.url}${sgx}/pckcrl?ca=platform`)).text(), /^-----BEGIN X509 CRL-----\n/);
  assert.match(await (await fetch(`${pccs.url}${sgx}/pckcrl?ca=platform`)).text(), /^3082[0-9a-f]+$/);
});

test('a PCK certificate comes with its issuers', async () => {
  const { url } = await start();
  const certificate = await fetch(`${url}${sgx}/pckcert?qeid=00&cpusvn=00&pcesvn=0d00&pceid=0000`);
  assert.equal(await certificate.text(), platform.certificates.pck);
  const { pckCa, root } = platform.certificates;
  assert.equal(chainOf(certificate, 'SGX-PCK-Certificate-Issuer-Chain'), pckCa + root);
});

test('what is not there is 404, what is not a request is 400 or 405', async () => {
  const { url } = await start();
  const status = async (path: string, method = 'GET') => (await fetch(url + path, { method })).status;
  assert.equal(await status(`${sgx}/tcb?fmspc=ffffffffffff`), 404);
  assert.equal(await status(`${tcbPath}&tcbEvaluationDataNumber=3`), 404);
  assert.equal(await status(`${tcbPath}&tcbEvaluationDataNumber=17`), 200);
  assert.equal(await status('/somewhere'), 404);
  assert.equal(await status(`${sgx}/tcb`), 400);
  assert.equal(await status(`${sgx}/pckcrl?ca=nobody`), 400);
  assert.equal(await status(tcbPath, 'POST'), 405);
});

test('the collateral can depend on the request', async () => {
  const { url } = await start({ collateral: ({ tee }) => (tee === 'sgx' ? collateral : undefined) });
  assert.equal((await fetch(url + tcbPath)).status, 200);
  assert.equal((await fetch(`${url}/tdx/certification/v4/tcb?fmspc=00a5a5000000`)).status, 404);
});

test('the numbers of the baselines are signed like TCB info', async () => {
  const numbers = platform.tcbEvaluationDataNumbers('sgx', [18, 17]);
  const { url } = await start({ tcbEvaluationDataNumbers: numbers });
  const answer = await fetch(`${url}${sgx}/tcbevaluationdatanumbers`);
  assert.equal(chainOf(answer, 'TCB-Evaluation-Data-Numbers-Issuer-Chain'), numbers.issuerChain);
  const { tcbEvaluationDataNumbers, signature } = JSON.parse(await answer.text());
  assert.equal(signature, Buffer.from(numbers.signature).toString('hex'));
  assert.deepEqual(
    tcbEvaluationDataNumbers.tcbEvalNumbers.map((entry: Record<string, unknown>) => entry.tcbEvaluationDataNumber),
    [18, 17],
  );
  const without = await start();
  assert.equal((await fetch(`${without.url}${sgx}/tcbevaluationdatanumbers`)).status, 404);
});

describe('faults', () => {
  test('a status is given as often as asked, to the item asked', async () => {
    const { url } = await start({
      faults: [{ kind: 'status', status: 503, times: 2, item: 'tcb-info', retryAfterSeconds: 1 }],
    });
    const answers = [];
    for (const path of [tcbPath, `${sgx}/qe/identity`, tcbPath, tcbPath]) answers.push(await fetch(url + path));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [503, 200, 503, 200],
    );
    assert.equal(answers[0]?.headers.get('retry-after'), '1');
  });

  test('a truncated body breaks off', async () => {
    const { url } = await start({ faults: [{ kind: 'truncated' }] });
    await assert.rejects(async () => (await fetch(url + tcbPath)).text());
  });

  test('a wrong signature differs in one bit and nothing else', async () => {
    const { url, setFaults } = await start({ faults: [{ kind: 'wrong-signature' }] });
    const wrong = await (await fetch(url + tcbPath)).text();
    setFaults([]);
    const right = await (await fetch(url + tcbPath)).text();
    assert.equal(wrong.slice(0, -3), right.slice(0, -3));
    assert.notEqual(wrong, right);
  });

  test('a wrong FMSPC is answered with the TCB info at hand', async () => {
    const { url } = await start({ faults: [{ kind: 'wrong-platform' }] });
    assert.match(await (await fetch(`${url}${sgx}/tcb?fmspc=ffffffffffff`)).text(), /"fmspc":"00a5a5000000"/);
  });

  test('a missing issuer chain, a foreign body', async () => {
    const { url } = await start({ faults: [{ kind: 'no-issuer-chain' }, { kind: 'body', body: '<html>' }] });
    const answer = await fetch(url + tcbPath);
    assert.deepEqual([answer.headers.get('TCB-Info-Issuer-Chain'), await answer.text()], [null, '<html>']);
  });

  test('a slow answer comes in the end, a hanging one never', async () => {
    const server = await start({ faults: [{ kind: 'slow', delayMilliseconds: 1, times: 1 }] });
    assert.equal((await fetch(server.url + tcbPath)).status, 200);
    server.setFaults([{ kind: 'hang' }]);
    const rejected = assert.rejects(fetch(server.url + tcbPath));
    await server.close();
    await rejected;
  });
});

test('real collateral is served byte for byte', { skip: vectorsMissing('sgx') }, async () => {
  const real = readVectorCollateral('sgx', 'v3-platform-ca-up-to-date');
  const { url } = await start({ collateral: real });
  const text = await (await fetch(`${url}${sgx}/tcb?fmspc=90c06f000000`)).text();
  assert.ok(text.startsWith(`{"tcbInfo":${real.tcbInfo},"signature":"`));
});
