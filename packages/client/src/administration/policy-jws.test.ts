import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { ConfigurationError } from '../index.ts';
import { policyJws, resetJws } from './policy-jws.ts';

const payloadOf = (jws: string): string => Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString();

test('an unsecured policy has the header and payload of Azure Attestation’s own', () => {
  const jws = policyJws('version= 1.0;authorizationrules{=> permit();};');
  assert.equal(Buffer.from(jws.split('.')[0] ?? '', 'base64url').toString(), '{"alg":"none"}');
  const policy = 'dmVyc2lvbj0gMS4wO2F1dGhvcml6YXRpb25ydWxlc3s9PiBwZXJtaXQoKTt9Ow';
  assert.equal(payloadOf(jws), `{"AttestationPolicy":"${policy}"}`);
  assert.ok(jws.endsWith('.'));
});

test('an unsecured request is bound to nothing: nobody could tell who wrote the binding', () => {
  const binding = { audience: 'https://attest.example' };
  assert.equal(policyJws('text', undefined, binding), policyJws('text'));
  assert.equal(resetJws(undefined, binding), 'eyJhbGciOiJub25lIn0..');
});

test('refuses a key or certificate that cannot be read, without quoting it', () => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  for (const signer of [
    { privateKey: 'secret', certificate: 'x' },
    { privateKey: key, certificate: 'x' },
  ]) {
    assert.throws(
      () => policyJws('text', signer),
      (error) =>
        error instanceof ConfigurationError && error.code === 'option-invalid' && !/secret/.test(error.message),
    );
  }
});
