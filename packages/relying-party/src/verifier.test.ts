import assert from 'node:assert/strict';
import { createHash, createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { test } from 'node:test';
import { issueToken, issueUnsecuredToken, jwks, type SigningKey, signingAlgorithms } from '@atesto/token';
import fc from 'fast-check';
import { SignJWT } from 'jose';
import {
  accepted,
  codeOf,
  expectations,
  iat,
  issuer,
  keyOf,
  now,
  policyHash,
  runtimeKey,
  sgxClaims,
  tokenWith,
  verifierWith,
} from './__fixtures__/tokens.ts';

/** A token with any header, signed by the key over exactly that header. */
async function signedWith(header: object, key?: SigningKey): Promise<string> {
  const signer = key ?? (await keyOf());
  const [, payload = ''] = (await tokenWith()).split('.');
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`;
  const signature = sign('sha256', Buffer.from(input), { key: signer.privateKey, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

async function goodHeader(): Promise<Record<string, unknown>> {
  const { kid } = await keyOf();
  return { alg: 'ES256', kid, jku: `${issuer}/certs`, typ: 'JWT' };
}

for (const algorithm of signingAlgorithms) {
  test(`accepts a good ${algorithm} token and tells what it says`, async () => {
    const key = await keyOf(algorithm);
    const verdict = await (await verifierWith({}, key)).verify(await tokenWith({}, key));
    assert.deepEqual(accepted(verdict), {
      claims: sgxClaims,
      issuer,
      keyId: key.kid,
      algorithm,
      attestationType: 'SgxEnclave',
      policyHash,
      issuedAt: new Date(iat * 1000),
      expiresAt: new Date((iat + 28_800) * 1000),
      runtimeData: { json: sgxClaims['x-ms-runtime'] },
      runtimeKeys: [{ ...runtimeKey, kid: 'enclave' }],
    });
  });
}

test('accepts a token that jose signed', async () => {
  const key = await keyOf();
  const token = await new SignJWT({ ...sgxClaims })
    .setProtectedHeader({ alg: 'ES256', kid: key.kid, jku: `${issuer}/certs`, typ: 'JWT' })
    .sign(key.privateKey);
  assert.ok((await (await verifierWith()).verify(token)).ok);
});

test('accepts a key set whose keys stand in certificates alone, as Azure Attestation publishes them', async () => {
  const key = await keyOf('RS256');
  const [{ kid, kty, x5c } = assert.fail()] = jwks([key]).keys;
  const verifier = await verifierWith({ keySets: { [issuer]: { keys: [{ kid, kty, x5c }] } } });
  assert.ok((await verifier.verify(await tokenWith({}, key))).ok);
});

test('keeps a large integer claim exact', async () => {
  const verifier = await verifierWith();
  const verdict = await verifier.verify(await tokenWith({ nonce: 18446744073709551615n }), {
    nonce: { equals: 18446744073709551615n },
  });
  assert.equal(accepted(verdict).claims.nonce, 18446744073709551615n);
  const rounded = await verifier.verify(await tokenWith({ nonce: 18446744073709551614n }), {
    nonce: { equals: 18446744073709551615n },
  });
  assert.equal(codeOf(rounded), 'nonce-unexpected');
});

test('refuses what is not a compact token', async () => {
  const good = await tokenWith();
  const [header = '', payload = '', signature = ''] = good.split('.');
  const json = (text: string) => Buffer.from(text).toString('base64url');
  const malformed = [
    '',
    'x',
    `${header}.${payload}`,
    `${good}.`,
    ` ${good}`,
    `${header}=.${payload}.${signature}`,
    `${header}.${payload}.${signature}!`,
    `${json('[]')}.${payload}.${signature}`,
    `${json('{')}.${payload}.${signature}`,
    `${header}.${json('null')}.${signature}`,
    `${header}.${Buffer.from([0x7b, 0xff, 0x7d]).toString('base64url')}.${signature}`,
    `${json('{"kid":"k"}')}.${payload}.${signature}`,
    `${json('{"alg":1,"kid":"k"}')}.${payload}.${signature}`,
  ];
  const verifier = await verifierWith();
  for (const token of malformed) assert.equal(codeOf(await verifier.verify(token)), 'token-malformed', token);
  // @ts-expect-error callers without types can pass anything
  assert.equal(codeOf(await verifier.verify(undefined)), 'token-malformed');
});

test('refuses a second encoding of the same signature', async () => {
  const token = await tokenWith();
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const last = alphabet.indexOf(token.at(-1) ?? '');
  const verifier = await verifierWith();
  // 64 bytes leave four unused bits in the last character; jose alone would accept each.
  const twins = [1, 2, 3].map((bits) => token.slice(0, -1) + alphabet[last + bits]);
  for (const twin of twins) assert.equal(codeOf(await verifier.verify(twin)), 'token-malformed');
});

test('refuses a token of more than a mebibyte', async () => {
  assert.equal(codeOf(await (await verifierWith()).verify('a'.repeat(2 ** 20 + 1))), 'token-too-large');
});

test('refuses a key id that is missing and header extensions that must be understood', async () => {
  const verifier = await verifierWith();
  const { kid: _kid, ...withoutKid } = await goodHeader();
  assert.equal(codeOf(await verifier.verify(await signedWith(withoutKid))), 'token-malformed');
  const critical = await signedWith({ ...(await goodHeader()), crit: ['exp2'], exp2: 1 });
  assert.equal(codeOf(await verifier.verify(critical)), 'token-malformed');
});

const encoded = (bytes: number[]): string => Buffer.from(bytes).toString('base64url');
const extensions: readonly (readonly [title: string, header: object])[] = [
  ['an extension that is not known', { crit: ['exp2'], exp2: 1 }],
  ['the extension of RFC 7797 switched off', { crit: ['b64'], b64: true }],
  ['the extension of RFC 7797 switched on', { crit: ['b64'], b64: false }],
  ['a payload that is not base64url, not marked as critical', { b64: false }],
  ['b64 that is no Boolean', { b64: 'true' }],
  ['an empty list (RFC 7515, 4.1.11)', { crit: [] }],
  ['a list that names a member of RFC 7515', { crit: ['alg'] }],
  ['a list that names a member twice', { crit: ['b64', 'b64'], b64: true }],
  ['a list that names a member that is not there', { crit: ['b64'] }],
  ['crit that is a text', { crit: 'b64', b64: true }],
  ['crit that is null', { crit: null }],
  ['crit that is an object', { crit: { b64: true } }],
  ['a member named by a list within a list', { crit: [['b64']], b64: true }],
];
for (const [title, header] of extensions) {
  test(`refuses a header with ${title}`, async () => {
    const token = await signedWith({ ...(await goodHeader()), ...header });
    assert.equal(codeOf(await (await verifierWith()).verify(token)), 'token-malformed');
  });
}

test('refuses an unencoded payload (RFC 7797), detached, attached, and signed as it stands', async () => {
  const { privateKey } = await keyOf();
  const header = Buffer.from(JSON.stringify({ ...(await goodHeader()), crit: ['b64'], b64: false })).toString(
    'base64url',
  );
  const [, payload = ''] = (await tokenWith()).split('.');
  const json = Buffer.from(payload, 'base64url').toString();
  const signature = sign('sha256', Buffer.from(`${header}.${json}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const verifier = await verifierWith();
  for (const middle of ['', payload, json]) {
    const token = `${header}.${middle}.${signature.toString('base64url')}`;
    assert.equal(codeOf(await verifier.verify(token)), 'token-malformed');
  }
});

test('refuses a header or payload in which a name occurs twice (RFC 7515, 4; RFC 7519, 4)', async () => {
  const { kid, privateKey } = await keyOf();
  const [header = '', payload = ''] = (await tokenWith()).split('.');
  const open = (part: string): string => Buffer.from(part, 'base64url').toString().slice(0, -1);
  const close = (text: string): string => Buffer.from(text).toString('base64url');
  for (const input of [
    `${close(`${open(header)},"kid":"${kid}"}`)}.${payload}`,
    `${close(`${open(header)},"\\u006bid":"${kid}"}`)}.${payload}`,
    `${header}.${close(`${open(payload)},"nonce":"fresh"}`)}`,
  ]) {
    const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
    const verdict = await (await verifierWith()).verify(`${input}.${signature.toString('base64url')}`);
    assert.equal(codeOf(verdict), 'token-malformed');
  }
});

test('refuses a number in the claims that would have to be rounded', async () => {
  const { privateKey } = await keyOf();
  const [header, payload = ''] = (await tokenWith()).split('.');
  const claims = `${Buffer.from(payload, 'base64url').toString().slice(0, -1)},"n":9007199254740993.0}`;
  const input = `${header}.${Buffer.from(claims).toString('base64url')}`;
  const signature = sign('sha256', Buffer.from(input), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const verdict = await (await verifierWith()).verify(`${input}.${signature.toString('base64url')}`);
  assert.equal(codeOf(verdict), 'token-malformed');
});

const zeros = (size: number): number[] => Array.from({ length: size }, () => 0);
const signatures: readonly (readonly [title: string, bytes: number[]])[] = [
  ['r = s = 0', zeros(64)],
  ['r = 0', [...zeros(63), 1]],
  ['s = 0', [...zeros(31), 1, ...zeros(32)]],
  ['a DER sequence', [0x30, 6, 2, 1, 1, 2, 1, 1]],
  ['63 bytes', zeros(63)],
  ['65 bytes', zeros(65)],
  ['96 bytes', zeros(96)],
];
for (const [title, bytes] of signatures) {
  test(`refuses an ECDSA signature that is ${title}`, async () => {
    const [header, payload] = (await tokenWith()).split('.');
    const verdict = await (await verifierWith()).verify(`${header}.${payload}.${encoded(bytes)}`);
    assert.equal(codeOf(verdict), 'signature-invalid');
  });
}

test('refuses a genuine ECDSA signature that is padded, cut or written in DER', async () => {
  const { privateKey } = await keyOf();
  const [header = '', payload = '', signature = ''] = (await tokenWith()).split('.');
  const bytes = Buffer.from(signature, 'base64url');
  const der = sign('sha256', Buffer.from(`${header}.${payload}`), privateKey);
  const verifier = await verifierWith();
  for (const other of [
    Buffer.concat([bytes, Buffer.of(0)]),
    Buffer.concat([Buffer.of(0), bytes]),
    bytes.subarray(1),
    der,
  ]) {
    const verdict = await verifier.verify(`${header}.${payload}.${other.toString('base64url')}`);
    assert.equal(codeOf(verdict), 'signature-invalid');
  }
});

test('refuses unsecured tokens, whatever the letter case of none', async () => {
  const verifier = await verifierWith();
  assert.equal(codeOf(await verifier.verify(accepted(issueUnsecuredToken(sgxClaims)))), 'token-unsecured');
  for (const alg of ['None', 'NONE']) {
    const forged = await signedWith({ ...(await goodHeader()), alg });
    assert.equal(codeOf(await verifier.verify(forged)), 'token-unsecured');
  }
});

test('refuses a token whose signature was taken away', async () => {
  const [header, payload] = (await tokenWith()).split('.');
  assert.equal(codeOf(await (await verifierWith()).verify(`${header}.${payload}.`)), 'token-unsecured');
});

test('refuses algorithm confusion: an HMAC made with the public key', async () => {
  const key = await keyOf('RS256');
  const [, payload = ''] = (await tokenWith()).split('.');
  const header = { ...(await goodHeader()), alg: 'HS256', kid: key.kid };
  const input = `${Buffer.from(JSON.stringify(header)).toString('base64url')}.${payload}`;
  const { publicKey } = key;
  const mac = createHmac('sha256', JSON.stringify(publicKey)).update(input).digest('base64url');
  assert.equal(codeOf(await (await verifierWith({}, key)).verify(`${input}.${mac}`)), 'algorithm-refused');
});

test('refuses an algorithm that the verifier was not set up for', async () => {
  const verifier = await verifierWith({ algorithms: ['RS256'] });
  assert.equal(codeOf(await verifier.verify(await tokenWith())), 'algorithm-refused');
});

test('refuses a token of another issuer, even when one of its keys is pinned', async () => {
  const key = await keyOf();
  const other = { ...key, issuer: 'https://attest.example/providers/two' };
  const token = accepted(issueToken(other, { ...sgxClaims, iss: other.issuer }));
  assert.equal(codeOf(await (await verifierWith()).verify(token)), 'issuer-foreign');
});

test('compares the issuer as text', async () => {
  const verifier = await verifierWith();
  for (const iss of [`${issuer}/`, issuer.toUpperCase()]) {
    const token = accepted(issueToken({ ...(await keyOf()), issuer: iss }, { ...sgxClaims, iss }));
    assert.equal(codeOf(await verifier.verify(token)), 'issuer-foreign');
  }
});

test('refuses a jku elsewhere than at the pinned issuer, and a missing one, without fetching', async () => {
  let fetched = 0;
  const verifier = await verifierWith({
    keySets: {},
    fetch: () => {
      fetched++;
      return Promise.reject(new Error('no network'));
    },
  });
  for (const jku of ['https://evil.example/certs', `${issuer}/certs/`, undefined]) {
    const token = await signedWith({ ...(await goodHeader()), jku });
    assert.equal(codeOf(await verifier.verify(token)), 'jku-foreign');
  }
  assert.equal(fetched, 0);
});

test('does not use a key that the token itself brings', async () => {
  const stranger = await keyOf('ES256', 'stranger');
  const jwk = { ...stranger.publicKey };
  const token = await signedWith(
    { ...(await goodHeader()), jwk, x5c: [Buffer.from(stranger.certificate).toString('base64')] },
    stranger,
  );
  assert.equal(codeOf(await (await verifierWith()).verify(token)), 'signature-invalid');
});

test('refuses a token that another key signed under a published key id', async () => {
  const stranger = await keyOf('ES256', 'stranger');
  const { kid } = await keyOf();
  const token = await tokenWith({}, { ...stranger, kid });
  assert.equal(codeOf(await (await verifierWith()).verify(token)), 'signature-invalid');
});

test('refuses a token whose key the issuer does not publish', async () => {
  const token = await tokenWith({}, await keyOf('ES256', 'stranger'));
  assert.equal(codeOf(await (await verifierWith()).verify(token)), 'key-unknown');
});

test('refuses keys that are not for the algorithm of the token', async () => {
  const rsa = await keyOf('RS256');
  const [published = assert.fail()] = jwks([rsa]).keys;
  const token = await tokenWith({}, rsa);
  const { x5c } = published;
  const unsuitable: object[] = [
    { ...published, alg: 'PS256' },
    { ...published, use: 'enc' },
    { ...published, key_ops: ['encrypt'] },
    { ...published, key_ops: ['verify', 'verify'] },
    { ...published, key_ops: [] },
    { ...published, kty: 'oct', k: 'AAAA' },
    { ...published, kty: 'EC', crv: 'P-256' },
    { ...published, n: 'AQAB' },
    { kid: published.kid, kty: 'RSA' },
    { kid: published.kid, kty: 'RSA', x5c: ['AAAA'] },
    { kid: published.kid, kty: 'RSA', x5c: [] },
    { kid: published.kid, x5c },
  ];
  for (const entry of unsuitable) {
    const verifier = await verifierWith({ keySets: { [issuer]: { keys: [entry] } } });
    assert.equal(codeOf(await verifier.verify(token)), 'key-unsuitable', JSON.stringify(entry));
  }
});

test('refuses a token that anybody could have made, under a published RSA key with exponent 1', async () => {
  const key = await keyOf('RS256');
  const [published = assert.fail()] = jwks([key]).keys;
  const verifier = await verifierWith({ keySets: { [issuer]: { keys: [{ ...published, e: 'AQ' }] } } });
  const [header = '', payload = ''] = (await tokenWith({}, key)).split('.');
  const digest = createHash('sha256').update(`${header}.${payload}`).digest();
  const info = Buffer.concat([Buffer.from('3031300d060960864801650304020105000420', 'hex'), digest]);
  const padding = Buffer.alloc(256 - info.length - 3, 0xff);
  const forged = Buffer.concat([Buffer.of(0, 1), padding, Buffer.of(0), info]);
  const verdict = await verifier.verify(`${header}.${payload}.${forged.toString('base64url')}`);
  assert.equal(codeOf(verdict), 'key-unsuitable');
});

test('refuses an RSA key of less than 2048 bits', async () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const token = await tokenWith({}, { ...(await keyOf('RS256')), privateKey });
  const weak = { ...publicKey.export({ format: 'jwk' }), kid: (await keyOf('RS256')).kid };
  const verifier = await verifierWith({ keySets: { [issuer]: { keys: [weak] } } });
  assert.equal(codeOf(await verifier.verify(token)), 'key-unsuitable');
});

const requiredClaims = ['iss', 'iat', 'nbf', 'exp', 'x-ms-attestation-type', 'x-ms-policy-hash'];
for (const name of requiredClaims) {
  test(`refuses a token without ${name}`, async () => {
    const [header = '', payload = ''] = (await tokenWith()).split('.');
    const claims = { ...JSON.parse(Buffer.from(payload, 'base64url').toString()), [name]: undefined };
    const input = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
    const key = await keyOf();
    const signature = sign('sha256', Buffer.from(input), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
    const verdict = await (await verifierWith()).verify(`${input}.${signature.toString('base64url')}`);
    assert.equal(codeOf(verdict), 'claim-missing');
  });
}

test('refuses a management reply of the same issuer and key in place of an attestation token', async () => {
  const key = await keyOf();
  const reply = { exp: iat + 3600, iat, iss: issuer, nbf: iat, 'x-ms-policy-result': 'Updated' };
  assert.equal(codeOf(await (await verifierWith()).verify(accepted(issueToken(key, reply)))), 'claim-missing');
});

test('refuses claims of another type than they must have', async () => {
  const verifier = await verifierWith();
  const wrong = [
    { exp: '9999999999' },
    { exp: 1e21 },
    { nbf: -1 },
    { iat: null },
    { iat: 2n ** 70n },
    { 'x-ms-policy-hash': 5 },
    { 'x-ms-attestation-type': true },
  ];
  for (const changes of wrong) {
    assert.equal(codeOf(await verifier.verify(await tokenWith(changes))), 'claim-malformed', Object.keys(changes)[0]);
  }
});

test('refuses an expired token, with the clock skew counted once', async () => {
  const at = (seconds: number, clockSkewSeconds: number) =>
    verifierWith({ clock: () => new Date(seconds * 1000), clockSkewSeconds });
  const exp = iat + 28_800;
  const token = await tokenWith();
  assert.equal(codeOf(await (await at(exp, 0)).verify(token)), 'token-expired');
  assert.ok((await (await at(exp - 1, 0)).verify(token)).ok);
  assert.ok((await (await at(exp + 59, 60)).verify(token)).ok);
  assert.equal(codeOf(await (await at(exp + 60, 60)).verify(token)), 'token-expired');
});

test('refuses a token that is not valid yet or was issued in the future', async () => {
  const verifier = await verifierWith({ clockSkewSeconds: 5 });
  const seconds = now.getTime() / 1000;
  assert.ok((await verifier.verify(await tokenWith({ nbf: seconds + 5, iat: seconds + 5 }))).ok);
  for (const changes of [{ nbf: seconds + 6 }, { iat: seconds + 6 }]) {
    assert.equal(codeOf(await verifier.verify(await tokenWith(changes))), 'token-not-yet-valid');
  }
});

test('property: no token with a changed, added or removed character verifies', async () => {
  const verifier = await verifierWith();
  const token = await tokenWith();
  const change = fc.tuple(
    fc.nat(token.length - 1),
    fc.constantFrom('replace', 'insert', 'remove'),
    fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.=+/ '),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
      let mutated = token;
      for (const [index, kind, char] of changes) {
        const after = mutated.slice(kind === 'insert' ? index : index + 1);
        mutated = mutated.slice(0, index) + (kind === 'remove' ? '' : char) + after;
      }
      fc.pre(mutated !== token);
      assert.equal((await verifier.verify(mutated)).ok, false);
    }),
    { numRuns: 1000 },
  );
});

test('property: no payload with a changed claim verifies under the old signature', async () => {
  const verifier = await verifierWith();
  const [header, , signature] = (await tokenWith()).split('.');
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...Object.keys(sgxClaims)), fc.jsonValue(), async (name, value) => {
      const payload = JSON.stringify({ ...sgxClaims, [name]: value });
      fc.pre(payload !== JSON.stringify(sgxClaims));
      const token = `${header}.${Buffer.from(payload).toString('base64url')}.${signature}`;
      assert.equal((await verifier.verify(token)).ok, false);
    }),
    { numRuns: 200 },
  );
});

test('tells the attestation type by its name in the API, and an unknown one', async () => {
  const verifier = await verifierWith({
    expectations: { attestationType: 'any', policyHash: 'any', nonce: 'any', runtimeData: 'any', debuggable: 'any' },
  });
  const types = {
    sgx: 'SgxEnclave',
    tdxvm: 'TdxVm',
    sevsnpvm: 'SevSnpVm',
    azurevm: 'AzureGuest',
    tpm: 'Tpm',
    vbs: 'VbsEnclave',
  };
  for (const [claim, type] of Object.entries({ ...types, toaster: 'unknown', SgxEnclave: 'unknown' })) {
    const verified = accepted(await verifier.verify(await tokenWith({ 'x-ms-attestation-type': claim })));
    assert.equal(verified.attestationType, type);
  }
});

test('tells the runtime data and its keys', async () => {
  const verifier = await verifierWith({ expectations: { ...expectations, runtimeData: 'any' } });
  const told = async (claims: Parameters<typeof tokenWith>[0]) => {
    const { runtimeData, runtimeKeys } = accepted(await verifier.verify(await tokenWith(claims)));
    return { runtimeData, runtimeKeys };
  };
  const key = { ...runtimeKey, kid: 'mine' };
  const secret = { kty: 'oct', k: 'AA' };
  const incomplete = { kty: 'RSA', n: 'AQAB' };
  for (const [json, runtimeKeys] of [
    [{ keys: [key, secret, incomplete, 'x'] }, [key]],
    [{ jwk: key, keys: {} }, [key]],
    [key, [key]],
    [{ held: 1 }, []],
    [[key], []],
  ] as const) {
    assert.deepEqual(await told({ 'x-ms-runtime': json }), { runtimeData: { json }, runtimeKeys });
    const bytes = Buffer.from(JSON.stringify(json));
    const binary = { 'x-ms-runtime': undefined, 'x-ms-sgx-ehd': bytes.toString('base64url') };
    assert.deepEqual(await told(binary), { runtimeData: { bytes: Uint8Array.from(bytes) }, runtimeKeys });
  }
  const none = { runtimeData: undefined, runtimeKeys: [] };
  assert.deepEqual(await told({ 'x-ms-runtime': undefined }), none);
  assert.deepEqual(await told({ 'x-ms-runtime': undefined, 'x-ms-sgx-ehd': 5 }), none);
});
