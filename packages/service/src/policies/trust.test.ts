import { Refused } from '@atesto/core';
import 'reflect-metadata';
import assert from 'node:assert/strict';
import { constants, createHash, createHmac, createPublicKey } from 'node:crypto';
import { test } from 'node:test';
import { Extension, KeyUsageFlags, KeyUsagesExtension } from '@peculiar/x509';
import fc from 'fast-check';
import { type CertificateChanges, makeCertificate, type TestCertificate } from '../__fixtures__/certificates.ts';
import { type JwsChanges, keyOf, policyPayload, signed, unsecured } from '../__fixtures__/signed.ts';
import { parsePolicy } from './document.ts';
import { checkTrusted, type PolicyTrust } from './trust.ts';

const text = 'version= 1.0;authorizationrules{=> permit();};';
const payload = policyPayload(text);
const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
const rsaSigner = await makeCertificate('rsa', { algorithm: rsa });
const curves = ['P-256', 'P-384', 'P-521'];
const [p256, p384, p521] = await Promise.all(curves.map((namedCurve) => ec(namedCurve)));
assert.ok(p256 && p384 && p521);
const now = new Date();
const day = 86_400_000;

function ec(namedCurve: string, changes: CertificateChanges = {}): Promise<TestCertificate> {
  return makeCertificate(namedCurve, { algorithm: { name: 'ECDSA', namedCurve }, ...changes });
}

function isolated(...signers: readonly (TestCertificate | readonly TestCertificate[])[]): PolicyTrust {
  const certificates = signers.map((chain) => ({
    thumbprint: '',
    x5c: (Array.isArray(chain) ? chain : [chain]).map(({ base64 }: TestCertificate) => base64),
  }));
  return { trustModel: 'Isolated', signers: { certificates } };
}

const aad: PolicyTrust = { trustModel: 'AAD', signers: undefined };

/** `kty` and `alg` of the signer's key, `none` for unsigned policies, or the code of the refusal. */
function judge(content: string, trust: PolicyTrust, at = now): unknown {
  try {
    const document = parsePolicy(content, 'policy');
    assert.equal(document.text, text);
    const signer = checkTrusted(document.jws, trust, at, 'policy');
    return signer === undefined ? 'none' : [signer.kty, signer.alg];
  } catch (error) {
    assert.ok(error instanceof Refused, String(error));
    return error.refusal.code;
  }
}

test('lets texts, unsecured and signed policies count with the model AAD, and names the signer', async () => {
  assert.equal(judge(text, aad), 'none');
  assert.equal(judge(` ${unsecured(payload)}\n`, aad), 'none');
  assert.deepEqual(judge(await signed(rsaSigner, payload), aad), ['RSA', 'RS256']);
  assert.deepEqual(judge(await signed(p384, payload), aad), ['EC', 'ES384']);
});

test('lets no signed policy count with the model AAD whose chain names an authority that did not issue', async () => {
  const issued = await makeCertificate('issued', { isCa: false, issuer: p256 });
  const under = (authority: TestCertificate) =>
    signed(issued, payload, { header: { x5c: [issued.base64, authority.base64] } });
  assert.deepEqual(judge(await under(p256), aad), ['EC', 'ES256']);
  assert.equal(judge(await under(p384), aad), 'policy-signer-invalid');
});

test('lets only policies of a signer count with the model Isolated', async () => {
  const trust = isolated(p256, rsaSigner);
  assert.equal(judge(text, trust), 'signature-missing');
  assert.equal(judge(unsecured(payload), trust), 'signature-missing');
  assert.deepEqual(judge(await signed(rsaSigner, payload), trust), ['RSA', 'RS256']);
  assert.deepEqual(judge(await signed(p256, payload), trust), ['EC', 'ES256']);
  assert.equal(judge(await signed(p384, payload), trust), 'policy-signer-unknown');
  assert.equal(judge(await signed(p256, payload), isolated(rsaSigner)), 'policy-signer-unknown');
  assert.equal(
    judge(await signed(p256, payload), { trustModel: 'Isolated', signers: undefined }),
    'policy-signer-unknown',
  );
});

test('does not take a certificate of the same key or name for that of a signer', async () => {
  const impostor = await ec('P-256');
  assert.equal(judge(await signed(impostor, payload), isolated(p256)), 'policy-signer-unknown');
  const stolen = { ...p256, keys: impostor.keys };
  assert.equal(judge(await signed(stolen, payload), isolated(p256)), 'jws-signature-invalid');
});

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
const der = { dsaEncoding: 'der' } as const;
const accepted: readonly [string, TestCertificate, JwsChanges][] = [
  ['RS256', rsaSigner, { alg: 'RS256' }],
  ['RS384', rsaSigner, { alg: 'RS384', digest: 'sha384' }],
  ['RS512', rsaSigner, { alg: 'RS512', digest: 'sha512' }],
  ['PS256', rsaSigner, { alg: 'PS256', options: pss }],
  ['PS384', rsaSigner, { alg: 'PS384', digest: 'sha384', options: pss }],
  ['PS512', rsaSigner, { alg: 'PS512', digest: 'sha512', options: pss }],
  ['ES256', p256, { alg: 'ES256' }],
  ['ES384', p384, { alg: 'ES384', digest: 'sha384' }],
  ['ES512', p521, { alg: 'ES512', digest: 'sha512' }],
  ['ES256 on P-384, as the JavaScript client writes it', p384, { alg: 'ES256' }],
  ['RSA256 in x5c, as the .NET client writes it', rsaSigner, { alg: 'RSA256' }],
  ['RSA256 in jwk, as the Python client writes it', rsaSigner, { alg: 'RSA256', certificateIn: 'jwk' }],
  [
    'ECDH256 in DER in jwk, as the Python client writes it',
    p256,
    { alg: 'ECDH256', certificateIn: 'jwk', options: der },
  ],
  ['ECDH256 on P-384', p384, { alg: 'ECDH256', options: der }],
  ['EC in DER, as the C++ client writes it', p256, { alg: 'EC', options: der }],
  ['EC in DER on P-384', p384, { alg: 'EC', options: der }],
];
for (const [name, signer, changes] of accepted) {
  test(`verifies ${name}`, async () => {
    const jws = await signed(signer, payload, changes);
    assert.ok(Array.isArray(judge(jws, isolated(signer))), String(judge(jws, isolated(signer))));
    assert.ok(Array.isArray(judge(jws, aad)));
    const otherPayload = `${jws.split('.')[0]}.${unsecured(payload).split('.')[1]}x.${jws.split('.')[2]}`;
    assert.notEqual(judge(otherPayload, isolated(signer)), judge(jws, isolated(signer)));
  });
}

test('refuses algorithms that do not fit the key, and every one that it does not know', async () => {
  const refused: [TestCertificate, string][] = [
    [rsaSigner, 'ES256'],
    [rsaSigner, 'ECDH256'],
    [rsaSigner, 'EC'],
    [p256, 'ec'],
    [p256, 'RS256'],
    [p256, 'RSA256'],
    [p256, 'HS256'],
    [rsaSigner, 'None'],
    [rsaSigner, 'NONE'],
    [rsaSigner, 'rs256'],
    [rsaSigner, 'EdDSA'],
    [rsaSigner, ''],
    [rsaSigner, '__proto__'],
  ];
  for (const [signer, alg] of refused) {
    const jws = await signed(signer, payload, { alg });
    assert.equal(judge(jws, isolated(signer)), 'jws-algorithm-refused', alg);
    assert.equal(judge(jws, aad), 'jws-algorithm-refused', alg);
  }
  assert.equal(judge(await signed(rsaSigner, payload, { header: { alg: 5 } }), aad), 'jws-algorithm-refused');
});

test('reads EC as the C++ client makes it: not as r || s, and with no other digest', async () => {
  const other: JwsChanges[] = [
    { alg: 'EC', options: { dsaEncoding: 'ieee-p1363' } },
    { alg: 'EC', options: der, digest: 'sha384' },
  ];
  for (const changes of other) assert.equal(judge(await signed(p384, payload, changes), aad), 'jws-signature-invalid');
});

test('does not take the public key for a secret: HS256 with the certificate or the key as its key', async () => {
  const spki = createPublicKey(await keyOf(rsaSigner)).export({ format: 'pem', type: 'spki' });
  for (const secret of [spki, Buffer.from(rsaSigner.base64, 'base64'), rsaSigner.base64]) {
    const header = { alg: 'HS256', x5c: [rsaSigner.base64] };
    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const input = `${encode(header)}.${encode(payload)}`;
    const jws = `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
    assert.equal(judge(jws, isolated(rsaSigner)), 'jws-algorithm-refused');
    assert.equal(judge(jws, aad), 'jws-algorithm-refused');
  }
});

test('refuses none where a signature is due, also with a certificate or a signature beside it', async () => {
  const jws = await signed(rsaSigner, payload, { alg: 'none' });
  assert.equal(judge(jws, isolated(rsaSigner)), 'jws-malformed');
  assert.equal(judge(jws, aad), 'jws-malformed');
  assert.equal(judge(`${jws.slice(0, jws.lastIndexOf('.'))}.`, isolated(rsaSigner)), 'signature-missing');
});

test('refuses signatures over another digest, with another key, cut or empty', async () => {
  const trust = isolated(rsaSigner, p256);
  const good = await signed(p256, payload);
  const wrong = [
    await signed(rsaSigner, payload, { alg: 'RS256', digest: 'sha384' }),
    await signed(rsaSigner, payload, { alg: 'PS256' }),
    await signed(rsaSigner, payload, { alg: 'RS256', options: pss }),
    await signed(p256, payload, { key: await keyOf(p384) }),
    good.slice(0, -2),
    good.slice(0, good.lastIndexOf('.') + 1),
  ];
  for (const jws of wrong) assert.equal(judge(jws, trust), 'jws-signature-invalid');
});

test('refuses signers that are not in force, or whose chain does not hold together or end in a CA', async () => {
  const past = new Date(now.getTime() - day);
  const future = new Date(now.getTime() + day);
  const root = await ec('P-256');
  const plain = await ec('P-256', { isCa: false });
  const leaf = await ec('P-256', { isCa: false, issuer: root });
  const expired = await ec('P-256', { notBefore: new Date(past.getTime() - day), notAfter: past });
  const early = await ec('P-256', { notBefore: future, notAfter: new Date(future.getTime() + day) });
  const oldRoot = await ec('P-256', { notBefore: new Date(past.getTime() - day), notAfter: past });
  const leafOfOld = await ec('P-256', { isCa: false, issuer: oldRoot });
  const noPath = await ec('P-256', { pathLength: 0 });
  const below = await ec('P-384', { issuer: noPath });
  const leafBelow = await ec('P-256', { isCa: false, issuer: below });
  const unknown = await ec('P-256', { extensions: [new Extension('1.2.3.4', true, new Uint8Array([5, 0]))] });
  const noSigning = await ec('P-256', { extensions: [new KeyUsagesExtension(KeyUsageFlags.keyEncipherment, true)] });
  const noIssuing = await ec('P-384', { extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)] });
  const leafOfNone = await ec('P-256', { isCa: false, issuer: noIssuing });
  const refused: [TestCertificate, readonly TestCertificate[]][] = [
    [leafBelow, [leafBelow, below, noPath]],
    [unknown, [unknown]],
    [noSigning, [noSigning]],
    [leafOfNone, [leafOfNone, noIssuing]],
    [plain, [plain]],
    [expired, [expired]],
    [early, [early]],
    [leaf, [leaf]],
    [leaf, [leaf, p256]],
    [leafOfOld, [leafOfOld, oldRoot]],
  ];
  for (const [signer, chain] of refused) {
    assert.equal(judge(await signed(signer, payload), isolated(chain)), 'policy-signer-invalid');
  }
  assert.deepEqual(judge(await signed(leaf, payload), isolated([leaf, root])), ['EC', 'ES256']);
  const earlier = new Date(past.getTime() - day / 2);
  assert.deepEqual(judge(await signed(expired, payload), isolated(expired), earlier), ['EC', 'ES256']);
});

test('refuses the policy of anybody under a certificate with RSA exponent 1', async () => {
  const keys = await crypto.subtle.generateKey(rsa, true, ['sign', 'verify']);
  const spki = Buffer.from(await crypto.subtle.exportKey('spki', keys.publicKey));
  // SEQUENCE { n, e }: the exponent 65537 at the end becomes 1 in as many bytes less.
  const e = spki.lastIndexOf(Buffer.from('0203010001', 'hex'));
  const one = Buffer.concat([spki.subarray(0, e), Buffer.from('020101', 'hex')]);
  for (const lengthAt of [2, 21, 26]) one.writeUInt16BE(spki.readUInt16BE(lengthAt) - 2, lengthAt);
  const anybody = await makeCertificate('anybody', { algorithm: rsa, spki: new Uint8Array(one) });
  const genuine = await signed({ ...rsaSigner, base64: anybody.base64 }, payload, { alg: 'RS256' });
  const input = genuine.slice(0, genuine.lastIndexOf('.'));
  const digest = createHash('sha256').update(input).digest();
  const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
  const encoded = Buffer.concat([Buffer.of(0, 1), Buffer.alloc(256 - 3 - info.length, 0xff), Buffer.of(0), info]);
  const forged = `${input}.${encoded.toString('base64url')}`;
  assert.equal(judge(forged, aad), 'policy-signer-invalid');
  assert.equal(judge(forged, isolated(anybody)), 'policy-signer-invalid');
});

test('refuses weak keys, and headers without one readable certificate', async () => {
  const weak = await makeCertificate('weak', { algorithm: { ...rsa, modulusLength: 1024 } });
  assert.equal(judge(await signed(weak, payload), aad), 'policy-signer-invalid');
  assert.equal(judge(await signed(p256, payload, { certificateIn: 'none' }), aad), 'policy-signer-invalid');
  assert.equal(judge(await signed(p256, payload, { certificateIn: 'both' }), aad), 'policy-signer-invalid');
  for (const purpose of [{ use: 'enc' }, { key_ops: ['encrypt'] }, { key_ops: [] }]) {
    const header: object = { jwk: { x5c: [p256.base64], ...purpose } };
    assert.equal(judge(await signed(p256, payload, { certificateIn: 'none', header }), aad), 'policy-signer-invalid');
  }
  const der0 = Buffer.from(p256.base64, 'base64');
  const longer = Buffer.concat([der0, Buffer.of(0)]).toString('base64');
  for (const x5c of [[], 'text', [5], ['AAAA'], [longer], Array(11).fill(p256.base64)]) {
    const jws = await signed(p256, payload, { header: { x5c } });
    assert.equal(judge(jws, aad), 'policy-signer-invalid', JSON.stringify(x5c).slice(0, 40));
  }
});

test('refuses a JWS that is not one, or that has more to say than is understood', async () => {
  const encode = (value: string | Uint8Array): string => Buffer.from(value).toString('base64url');
  const body = encode(JSON.stringify(payload));
  for (const header of ['', 'null', '[]', '{', '{"alg":"none","alg":"none"}', '{"alg":"none","crit":["b64"]}']) {
    if (header === '') continue;
    const code = judge(`${encode(header)}.${body}.`, aad);
    assert.ok(code === 'jws-malformed' || code === 'member-duplicate', `${header}: ${code}`);
  }
  assert.equal(judge(`${encode(Uint8Array.of(0xff))}.${body}.`, aad), 'jws-malformed');
  assert.equal(judge(`${encode('{"alg":"none"}')}..`, aad), 'jws-malformed');
  for (const wrong of [{}, { AttestationPolicy: 5 }, { attestationpolicy: 'AAAA' }, { AttestationPolicy: '_w' }]) {
    assert.equal(judge(unsecured(wrong), aad), 'policy-payload-invalid', JSON.stringify(wrong));
  }
});

test('property: no change of one digit of a signed policy lets it count under the same signer with another text', async () => {
  const jws = await signed(p256, payload);
  const trust = isolated(p256);
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const dots = [jws.indexOf('.'), jws.lastIndexOf('.')];
  fc.assert(
    fc.property(fc.nat(jws.length - 1), fc.constantFrom(...digits), (at, digit) => {
      fc.pre(!dots.includes(at) && jws.charAt(at) !== digit);
      const changed = `${jws.slice(0, at)}${digit}${jws.slice(at + 1)}`;
      let code: unknown;
      try {
        code = checkTrusted(parsePolicy(changed, 'policy').jws, trust, now, 'policy');
      } catch (error) {
        assert.ok(error instanceof Refused, String(error));
        return;
      }
      assert.fail(`it counts: ${JSON.stringify(code)}`);
    }),
    { numRuns: 300 },
  );
});
