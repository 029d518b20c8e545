/** What callers can send wrong, each with its status, wire code and fine-grained code. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { createSimulatedPlatform, reportDataOf } from '@atesto/testing/sgx';
import { base64url, claimsOf, platform, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';

const service = await serveEnclaves();
const quote = quoteOf();
const held = Buffer.from('held by the enclave');
const bound = quoteOf({ body: { reportData: reportDataOf(held) } });

const invalid = (code: string): [number, string, string] => [400, 'InvalidParameter', code];

/** A service whose endorsements are those of the platform with something set wrong. */
async function serveWith(overrides: Parameters<typeof platform.collateral>[0], baseline = {}): Promise<TestService> {
  const made = await platform.collateral(overrides);
  return serveEnclaves(
    { provider: { baseline } },
    { intelEndorsements: { get: async () => ({ ok: true, value: { collateral: made } }) } },
  );
}

test('refuses bodies that are no JSON object', async () => {
  for (const body of [
    'nonsense',
    '{',
    '[]',
    'null',
    '"text"',
    '5',
    '\ufeff{}',
    '{"quote":"AAAA",}',
    "{'quote':'AAAA'}",
  ]) {
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', body)), invalid('body-not-json'), body);
  }
  assert.deepEqual(
    refusalOf(await service.attest('SgxEnclave', Uint8Array.of(0x7b, 0xff, 0x7d))),
    invalid('body-not-json'),
  );
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', '')), invalid('body-empty'));
  assert.deepEqual(
    refusalOf(await service.attest('SgxEnclave', `{"a":${'['.repeat(500_000)}`)),
    invalid('json-too-deep'),
  );
  const deep = `{"quote":"${quote}","a":${'['.repeat(40)}${']'.repeat(40)}}`;
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', deep)), invalid('json-too-deep'));
});

test('refuses members of one name, also in other case or under an older name, and __proto__', async () => {
  const bodies: [string, string][] = [
    [`{"quote":"${quote}","quote":"${quote}"}`, 'member-duplicate'],
    [`{"quote":"${quote}","Quote":"${quote}"}`, 'member-duplicate'],
    [`{"quote":"${quote}","runtimeData":{"data":"","DATA":""}}`, 'member-duplicate'],
    [
      `{"quote":"${bound}","runtimeData":{"data":"${base64url(held)}","dataType":"Binary"},"EnclaveHeldData":"AAAA"}`,
      'member-duplicate',
    ],
    [`{"quote":"${quote}","__proto__":{"quote":"x"}}`, 'member-forbidden'],
  ];
  for (const [body, code] of bodies)
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', body)), invalid(code), code);
  const both = { report: base64url(platform.openEnclaveReport()), quote };
  assert.deepEqual(refusalOf(await service.attest('OpenEnclave', both)), invalid('member-duplicate'));
});

test('refuses absent, empty and wrongly typed members', async () => {
  const bodies: [unknown, string][] = [
    [{}, 'member-missing'],
    [{ quote: '' }, 'member-missing'],
    [{ quote: null }, 'member-missing'],
    [{ report: quote }, 'member-missing'],
    [{ quote: 5 }, 'member-invalid'],
    [{ quote: [quote] }, 'member-invalid'],
    [{ quote, runtimeData: 'AAAA' }, 'member-invalid'],
    [{ quote, runtimeData: { data: 5, dataType: 'Binary' } }, 'member-invalid'],
    [{ quote, runtimeData: { data: 'AAAA', dataType: 5 } }, 'member-invalid'],
    [{ quote, draftPolicyForAttestation: {} }, 'member-invalid'],
    [{ quote, EnclaveHeldData: {} }, 'member-invalid'],
  ];
  for (const [body, code] of bodies) {
    assert.deepEqual(
      refusalOf(await service.attest('SgxEnclave', body)),
      invalid(code),
      JSON.stringify(body).slice(-60),
    );
  }
});

test('refuses what is neither base64url nor base64', async () => {
  for (const text of ['%%%%', 'AA AA', 'A', 'AAAAA', 'AA=', 'AB', '-_+/', 'ä', `${quote.slice(0, -1)}!`]) {
    assert.deepEqual(
      refusalOf(await service.attest('SgxEnclave', { quote: text })),
      invalid('base64url-invalid'),
      text.slice(-5),
    );
  }
  const runtimeData = { data: '%', dataType: 'Binary' };
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', { quote, runtimeData })), invalid('base64url-invalid'));
});

test('refuses data types it does not know, and JSON data that is no JSON object', async () => {
  for (const dataType of ['Text', '', undefined, 'SIGNED_COSESIGN1_JSON']) {
    const body = { quote: bound, runtimeData: { data: base64url(held), dataType } };
    assert.deepEqual(
      refusalOf(await service.attest('SgxEnclave', body)),
      invalid('data-type-unknown'),
      String(dataType),
    );
  }
  for (const text of ['nonsense', '[]', '"text"', '', '{"a":1}x']) {
    const evidence = quoteOf({ body: { reportData: reportDataOf(Buffer.from(text)) } });
    const body = { quote: evidence, runtimeData: { data: base64url(text), dataType: 'JSON' } };
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', body)), invalid('data-not-json'), text);
  }
});

test('refuses JSON data with a number that would be another one in the token', async () => {
  for (const text of ['{"n":1e400}', '{"n":9007199254740993.0}', '{"n":12345678901234567890e0}', '{"n":1e-400}']) {
    const evidence = quoteOf({ body: { reportData: reportDataOf(Buffer.from(text)) } });
    const body = { quote: evidence, runtimeData: { data: base64url(text), dataType: 'JSON' } };
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', body)), invalid('number-inexact'), text);
  }
});

test('refuses half of a surrogate pair in the nonce and in JSON data', async () => {
  const nonce = await service.attest('SgxEnclave', `{"quote":"${quote}","nonce":"\\ud800"}`);
  assert.deepEqual(refusalOf(nonce), invalid('member-invalid'));
  const text = '{"n":"\\udfff"}';
  const evidence = quoteOf({ body: { reportData: reportDataOf(Buffer.from(text)) } });
  const body = { quote: evidence, runtimeData: { data: base64url(text), dataType: 'JSON' } };
  assert.deepEqual(refusalOf(await service.attest('SgxEnclave', body)), invalid('member-invalid'));
});

test('refuses nonces that are too long, too large, negative, fractional or of another kind', async () => {
  for (const nonce of [
    `"${'x'.repeat(1025)}"`,
    `"${'ä'.repeat(513)}"`,
    '18446744073709551616',
    '-1',
    '1.5',
    'true',
    '[]',
    '{}',
  ]) {
    const answer = await service.attest('SgxEnclave', `{"quote":"${quote}","nonce":${nonce}}`);
    assert.deepEqual(refusalOf(answer), invalid('nonce-invalid'), nonce.slice(0, 30));
  }
});

test('refuses runtime and init-time data that the evidence does not bind', async () => {
  const other = { data: base64url('something else'), dataType: 'Binary' };
  const right = { data: base64url(held), dataType: 'Binary' };
  assert.deepEqual(
    refusalOf(await service.attest('SgxEnclave', { quote: bound, runtimeData: other })),
    invalid('sgx-runtime-data'),
  );
  assert.deepEqual(
    refusalOf(await service.attest('SgxEnclave', { quote: bound, EnclaveHeldData: other.data })),
    invalid('sgx-runtime-data'),
  );
  assert.deepEqual(
    refusalOf(await service.attest('SgxEnclave', { quote, initTimeData: right })),
    invalid('sgx-init-time-data'),
  );
});

test('refuses a quote that was cut anywhere', { timeout: 120_000 }, async () => {
  const bytes = Buffer.from(platform.quote());
  for (let size = 1; size < bytes.length; size += 1 + Math.floor(size / 97)) {
    const [status, code] = refusalOf(await service.attest('SgxEnclave', { quote: base64url(bytes.subarray(0, size)) }));
    assert.deepEqual([status, code], [400, 'InvalidParameter'], `${size} bytes`);
  }
});

test('refuses a quote with a bit flipped in any region that is signed or signs', { timeout: 120_000 }, async () => {
  const bytes = Buffer.from(platform.quote());
  const pem = bytes.indexOf('-----BEGIN');
  const certificates = 1 + pem + '-----BEGIN CERTIFICATE-----'.length;
  const offsets = [...Array(72).keys()]
    .map((step) => step * 6)
    .concat(
      [...Array(150).keys()].map((step) => 436 + step * 4),
      certificates,
      certificates + 300,
    );
  for (const offset of offsets) {
    if (offset >= bytes.length) continue;
    const flipped = Buffer.from(bytes);
    flipped[offset] = (flipped[offset] ?? 0) ^ 0x10;
    const answer = await service.attest('SgxEnclave', { quote: base64url(flipped) });
    assert.notEqual(answer.status, 500, `offset ${offset}: ${answer.text}`);
    assert.notEqual(answer.status, 200, `offset ${offset} is not protected`);
  }
});

test('refuses a quote that names its platform in a form in which nothing can be looked up', async () => {
  const withoutPceId = quoteOf({ certification: { type: 1, data: Buffer.alloc(34) } });
  const answer = await service.attest('SgxEnclave', { quote: withoutPceId });
  assert.deepEqual(refusalOf(answer), invalid('pck-certificate-not-addressable'));
});

test('refuses a foreign root: of the endorsements, and of the quote', async () => {
  const foreign = await createSimulatedPlatform({ at: new Date() });
  const strict = await serveEnclaves({ provider: { trustAnchors: [foreign.rootFingerprint] } });
  assert.deepEqual(refusalOf(await strict.attest('SgxEnclave', { quote })), invalid('chain-root-untrusted'));
  const answer = await service.attest('SgxEnclave', { quote: base64url(foreign.quote()) });
  assert.deepEqual(refusalOf(answer), invalid('chain-root-untrusted'));
});

test('refuses expired collateral, beyond the grace of the operator if there is one', async () => {
  const made = await platform.collateral({ at: new Date(Date.now() - 60 * 86_400_000) });
  const serveExpired = (staleGraceSeconds: number): Promise<TestService> => {
    const intelEndorsements = { get: async () => ({ ok: true, value: { collateral: made } }) as const };
    return serveEnclaves({ endorsements: { intel: { staleGraceSeconds } } }, { intelEndorsements });
  };
  for (const graceSeconds of [0, 86_400]) {
    const strict = await serveExpired(graceSeconds);
    assert.deepEqual(refusalOf(await strict.attest('SgxEnclave', { quote })), invalid('collateral-expired'));
  }
  const lenient = await serveExpired(40 * 86_400);
  const claims = claimsOf(await lenient.attest('SgxEnclave', { quote }));
  assert.deepEqual(claims['x-atesto-expired-collateral'], ['root_ca_crl', 'pck_crl', 'tcb_info', 'qe_identity']);
});

test('refuses a platform whose PCK certificate is revoked', async () => {
  const { serialNumber } = new X509Certificate(platform.certificates.pck);
  const revoking = await serveWith({ pckCrl: { revoked: [serialNumber] } });
  assert.deepEqual(refusalOf(await revoking.attest('SgxEnclave', { quote })), invalid('certificate-revoked'));
});

test('refuses a platform below the baseline and says why', async () => {
  const outdated = await serveWith({ tcbStatus: 'OutOfDate', advisoryIds: ['INTEL-SA-00615'] });
  const answer = await outdated.attest('SgxEnclave', { quote });
  assert.deepEqual(refusalOf(answer), invalid('baseline-tcb-status'));
  assert.match(answer.text, /OutOfDate.*INTEL-SA-00615/);
  const low = await serveWith({ tcbEvaluationDataNumber: 16 }, { sgx: { minTcbEvaluationDataNumber: 17 } });
  assert.deepEqual(refusalOf(await low.attest('SgxEnclave', { quote })), invalid('baseline-evaluation-number'));
  const fresh = await serveWith({}, { sgx: { maxCollateralAgeSeconds: 60 } });
  assert.deepEqual(refusalOf(await fresh.attest('SgxEnclave', { quote })), invalid('baseline-collateral-age'));
  const sealed = await serveWith({}, { sgx: { allowDebug: false } });
  const debug = quoteOf({ body: { debug: true, attributes: '0500000000000000e700000000000000' } });
  assert.deepEqual(refusalOf(await sealed.attest('SgxEnclave', { quote: debug })), invalid('baseline-debug'));
});

test('accepts what a baseline is told to accept', async () => {
  const tolerant = await serveWith(
    { tcbStatus: 'OutOfDate' },
    { sgx: { acceptedStatuses: ['UpToDate', 'OutOfDate'] } },
  );
  assert.equal((await tolerant.attest('SgxEnclave', { quote })).status, 200);
});
