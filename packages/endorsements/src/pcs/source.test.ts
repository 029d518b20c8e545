/** Intel's certification service and PCCS, asked over HTTP: what comes is verified, what fails has a code of its own. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PcsFault } from '@atesto/testing/servers';
import { readVectorCollateral, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { at, codeOf, collateral, needed, plain, platform, servePcs, trustAnchors } from '../__fixtures__/platform.ts';
import { createPcsSource, endorsementFault } from '../index.ts';

const { pckCertificateChain: _, ...parts } = collateral;
const sgx = '/sgx/certification/v4';

test('collateral is fetched part by part and given as signed, with its earliest next update', async (t) => {
  const { server, source } = await servePcs(t);
  const result = await source.get(needed, { at });
  assert.ok(result.ok);
  assert.deepEqual(plain(result.value.collateral), plain(parts));
  assert.deepEqual(result.value.freshness, {
    fetchedAt: at,
    nextUpdate: new Date('2026-06-30T12:00:00Z'),
    source: server.url,
    stale: false,
  });
  assert.deepEqual(server.requests.toSorted(), [
    `${sgx}/pckcrl?ca=platform&encoding=der`,
    `${sgx}/qe/identity`,
    `${sgx}/rootcacrl`,
    `${sgx}/tcb?fmspc=00a5a5000000`,
  ]);
});

test('a PCCS, whose root list is hex, gives the same; its address may carry the path of the API', async (t) => {
  const { server } = await servePcs(t, { dialect: 'pccs' });
  const baseUrl = `${server.url}${sgx}/`;
  const source = createPcsSource({ baseUrl, dialect: 'pccs', trustAnchors });
  t.after(() => source.close());
  const result = await source.get(needed, { at });
  assert.ok(result.ok);
  assert.deepEqual(plain(result.value.collateral), plain(parts));
});

test('TDX has TCB info and QE identity of its own', async (t) => {
  const tdx = await platform.collateral({ tee: 'tdx' });
  const { server, source } = await servePcs(t, { collateral: ({ tee }) => (tee === 'tdx' ? tdx : collateral) });
  const result = await source.get({ ...needed, tee: 'tdx' }, { at });
  assert.ok(result.ok);
  assert.deepEqual(result.value.collateral.tcbInfo, Buffer.from(tdx.tcbInfo));
  assert.ok(server.requests.includes('/tdx/certification/v4/qe/identity'));
});

describe('the baseline', () => {
  test('can be the early one, or one by its number', async (t) => {
    const early = await servePcs(t, {}, { tcbUpdateType: 'early' });
    assert.equal(codeOf(await early.source.get(needed, { at })), 'ok');
    assert.ok(early.server.requests.includes(`${sgx}/tcb?fmspc=00a5a5000000&update=early`));
    assert.ok(early.server.requests.includes(`${sgx}/qe/identity?update=early`));
    const numbered = await servePcs(t, {}, { tcbEvaluationDataNumber: 17 });
    assert.equal(codeOf(await numbered.source.get(needed, { at })), 'ok');
    assert.ok(numbered.server.requests.includes(`${sgx}/qe/identity?tcbEvaluationDataNumber=17`));
  });

  test('is refused when the service does not have it: that is no fault of the platform', async (t) => {
    const { source } = await servePcs(t, {}, { tcbEvaluationDataNumber: 3 });
    const result = await source.get(needed, { at });
    assert.equal(codeOf(result), 'endorsements-request-refused');
    assert.equal(endorsementFault(codeOf(result)), 'configuration');
  });

  test('is refused when another one comes', async (t) => {
    // A service that knows no baselines and gives the current one whatever is asked.
    const body = `{"tcbInfo":${Buffer.from(collateral.tcbInfo)},"signature":"${Buffer.from(collateral.tcbInfoSignature).toString('hex')}"}`;
    const identity = `{"enclaveIdentity":${Buffer.from(collateral.qeIdentity)},"signature":"${Buffer.from(collateral.qeIdentitySignature).toString('hex')}"}`;
    const other = await platform.collateral({ tcbEvaluationDataNumber: 18 });
    const faults: PcsFault[] = [
      { kind: 'body', item: 'tcb-info', body },
      { kind: 'body', item: 'qe-identity', body: identity },
    ];
    const { source } = await servePcs(t, { collateral: other, faults }, { tcbEvaluationDataNumber: 18 });
    assert.equal(codeOf(await source.get(needed, { at })), 'endorsements-other-baseline');
  });
});

describe('a platform that is known by its certificate id only', () => {
  const pckCertificate = {
    qeId: '00'.repeat(16),
    encryptedPpid: 'ab'.repeat(384),
    cpuSvn: '02'.repeat(16),
    pceSvn: '0d00',
    pceId: '0000',
  };

  test('gets its PCK certificate, and the collateral that this one needs', async (t) => {
    const { server, source } = await servePcs(t);
    const result = await source.get({ tee: 'sgx', pckCertificate }, { at });
    assert.ok(result.ok);
    assert.deepEqual(plain(result.value.collateral), plain(collateral));
    const query = `encrypted_ppid=${'ab'.repeat(384)}&cpusvn=${'02'.repeat(16)}&pcesvn=0d00&pceid=0000`;
    assert.equal(server.requests[0], `${sgx}/pckcert?${query}`);
  });

  test('is found by a PCCS under the id of its quoting enclave alone', async (t) => {
    const { encryptedPpid: _, ...address } = pckCertificate;
    const { server, source } = await servePcs(t, { dialect: 'pccs' }, { dialect: 'pccs' });
    assert.equal(codeOf(await source.get({ tee: 'sgx', pckCertificate: address }, { at })), 'ok');
    assert.match(server.requests[0] ?? '', /pckcert\?qeid=0{32}&cpusvn=/);
  });

  test('is not found by Intel’s service without a PPID of RSA-3072', async (t) => {
    const { encryptedPpid: _, ...address } = pckCertificate;
    const { server, source } = await servePcs(t);
    const result = await source.get({ tee: 'sgx', pckCertificate: address }, { at });
    assert.equal(codeOf(result), 'pck-certificate-not-addressable');
    assert.deepEqual(server.requests, []);
  });

  test('is refused a PCK certificate that the verified authority did not issue', async (t) => {
    const { pck, pckCa, root } = platform.certificates;
    const forged = await platform.reissue({ pck: { signWith: platform.keys.root } });
    const pckCertificateChain = forged.certificates.pck + pckCa + root;
    assert.notEqual(forged.certificates.pck, pck);
    const { source } = await servePcs(t, { collateral: { ...collateral, pckCertificateChain } });
    assert.equal(codeOf(await source.get({ tee: 'sgx', pckCertificate }, { at })), 'endorsements-not-genuine');
  });

  test('is refused what is not a PCK certificate', async (t) => {
    const { source, server } = await servePcs(t);
    for (const body of ['<html>', platform.certificates.root]) {
      server.setFaults([{ kind: 'body', item: 'pck-certificate', body }]);
      assert.equal(codeOf(await source.get({ tee: 'sgx', pckCertificate }, { at })), 'endorsements-malformed');
    }
  });
});

describe('bad content is refused and not asked for again', () => {
  const der = Buffer.from(collateral.pckCrl);
  const cases: [string, PcsFault, string][] = [
    ['TCB info with a wrong signature', { kind: 'wrong-signature', item: 'tcb-info' }, 'endorsements-not-genuine'],
    [
      'QE identity with a wrong signature',
      { kind: 'wrong-signature', item: 'qe-identity' },
      'endorsements-not-genuine',
    ],
    ['a PCK list with a wrong signature', { kind: 'wrong-signature', item: 'pck-crl' }, 'endorsements-not-genuine'],
    [
      'a root list with a wrong signature',
      { kind: 'wrong-signature', item: 'root-ca-crl' },
      'endorsements-not-genuine',
    ],
    ['no issuer chain', { kind: 'no-issuer-chain', item: 'tcb-info' }, 'endorsements-malformed'],
    ['no issuer chain of the list', { kind: 'no-issuer-chain', item: 'pck-crl' }, 'endorsements-malformed'],
    ['a page instead of JSON', { kind: 'body', item: 'tcb-info', body: '<html>' }, 'endorsements-malformed'],
    ['no signature', { kind: 'body', item: 'tcb-info', body: '{"tcbInfo":{}}' }, 'endorsements-malformed'],
    ['an empty answer', { kind: 'body', item: 'qe-identity', body: '' }, 'endorsements-malformed'],
    [
      'two bodies in one',
      { kind: 'body', item: 'tcb-info', body: `{"tcbInfo":{},"tcbInfo":{},"signature":"${'0'.repeat(128)}"}` },
      'endorsements-malformed',
    ],
    ['text that is not UTF-8', { kind: 'body', item: 'tcb-info', body: Buffer.from([0xff]) }, 'endorsements-malformed'],
    ['a page instead of a list', { kind: 'body', item: 'pck-crl', body: '<html>' }, 'endorsements-malformed'],
    [
      'half a list',
      { kind: 'body', item: 'pck-crl', body: der.subarray(0, der.length >> 1) },
      'endorsements-not-genuine',
    ],
    [
      'a status that means nothing here',
      { kind: 'status', item: 'tcb-info', status: 302 },
      'endorsements-request-refused',
    ],
    ['a demand for a key', { kind: 'status', item: 'tcb-info', status: 401 }, 'endorsements-unauthorized'],
    ['a retired baseline', { kind: 'status', item: 'tcb-info', status: 410 }, 'endorsements-request-refused'],
    ['an address without the service', { kind: 'status', status: 404 }, 'endorsements-request-refused'],
    ['a service without lists', { kind: 'status', item: 'pck-crl', status: 404 }, 'endorsements-request-refused'],
    ['a family that is unknown', { kind: 'status', item: 'tcb-info', status: 404 }, 'endorsements-not-found'],
    ['a platform that a PCCS lacks', { kind: 'status', item: 'tcb-info', status: 461 }, 'endorsements-not-found'],
  ];
  for (const [what, fault, expected] of cases) {
    test(`${what}: ${expected}`, async (t) => {
      const { server, source, timing } = await servePcs(t, { faults: [fault] });
      const result = await source.get(needed, { at });
      assert.equal(codeOf(result), expected);
      assert.deepEqual(timing.pauses, []);
      assert.ok(server.requests.length <= 4);
    });
  }

  test('a list in PEM, whatever was asked for, is no fault', async (t) => {
    const body = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
    const { source } = await servePcs(t, { faults: [{ kind: 'body', item: 'pck-crl', body }] });
    assert.equal(codeOf(await source.get(needed, { at })), 'ok');
  });

  test('the refusal carries the one of the check behind it', async (t) => {
    const { server, source } = await servePcs(t, { faults: [{ kind: 'wrong-signature', item: 'tcb-info' }] });
    const result = await source.get(needed, { at });
    assert.ok(!result.ok);
    const { where, cause } = result.refusal;
    assert.deepEqual([where, cause?.code, cause?.where], [server.url, 'collateral-signature', 'tcb_info']);
  });

  test('genuine collateral of another platform, technology or authority', async (t) => {
    const { source } = await servePcs(t, { faults: [{ kind: 'wrong-platform' }] });
    const other = 'endorsements-other-platform';
    assert.equal(codeOf(await source.get({ ...needed, fmspc: 'ffffffffffff' }, { at })), other);
    assert.equal(codeOf(await source.get({ ...needed, tee: 'tdx' }, { at })), other);
    assert.equal(codeOf(await source.get({ ...needed, ca: 'processor' }, { at })), other);
  });

  test('genuine collateral of a root that is not trusted', async (t) => {
    const { server } = await servePcs(t);
    const source = createPcsSource({ baseUrl: server.url });
    t.after(() => source.close());
    assert.equal(codeOf(await source.get(needed, { at })), 'endorsements-not-genuine');
  });

  test('more than allowed', async (t) => {
    const { source } = await servePcs(t, {}, { maximumResponseBytes: 1024 });
    assert.equal(codeOf(await source.get(needed, { at })), 'endorsements-too-large');
  });

  test('an unknown family is not found', async (t) => {
    const { source } = await servePcs(t);
    const result = await source.get({ ...needed, fmspc: 'ffffffffffff' }, { at });
    assert.equal(codeOf(result), 'endorsements-not-found');
    assert.equal(endorsementFault(codeOf(result)), 'unknown-platform');
  });
});

test('expired collateral is given and called stale; no grace is implied', async (t) => {
  const { source } = await servePcs(t);
  const result = await source.get(needed, { at: new Date('2026-07-01T00:00:00Z') });
  assert.ok(result.ok);
  assert.deepEqual([result.value.freshness?.stale, result.value.freshness?.graceUntil], [true, undefined]);
});

test('a hundred requests at once make one request for each part', async (t) => {
  const { server, source } = await servePcs(t);
  const results = await Promise.all(Array.from({ length: 100 }, () => source.get(needed, { at })));
  assert.deepEqual(new Set(results.map(codeOf)), new Set(['ok']));
  assert.equal(server.requests.length, 4);
});

describe('the address of a service', () => {
  for (const baseUrl of [
    'http://pcs.example.org',
    'https://me:secret@pcs.example.org',
    'https://pcs.example.org/?a=1',
    'ftp://localhost',
  ]) {
    test(`cannot be ${baseUrl}`, () => {
      assert.throws(() => createPcsSource({ baseUrl }), TypeError);
    });
  }

  test('cannot ask for two baselines at once', () => {
    const baseUrl = 'https://pcs.example.org';
    assert.throws(() => createPcsSource({ baseUrl, tcbUpdateType: 'early', tcbEvaluationDataNumber: 18 }), TypeError);
  });
});

describe('real collateral', { skip: vectorsMissing('sgx') }, () => {
  for (const kind of ['sgx', 'tdx'] as const) {
    for (const name of vectorCases(kind)) {
      test(`${kind} ${name}: served as Intel would, it comes as it was signed`, async (t) => {
        const real = readVectorCollateral(kind, name);
        const { fmspc, pck, verificationTime } = readVectorJson(kind, name, 'expected.json');
        const ca = String(Object(pck).issuer).includes('Platform') ? 'platform' : 'processor';
        const { server } = await servePcs(t, { collateral: real });
        const source = createPcsSource({ baseUrl: server.url });
        t.after(() => source.close());
        const request = { tee: kind, fmspc: String(fmspc), pceId: '0000', ca } as const;
        const result = await source.get(request, { at: new Date(String(verificationTime)) });
        assert.ok(result.ok);
        assert.deepEqual(plain(result.value.collateral), plain(real));
      });
    }
  }
});
