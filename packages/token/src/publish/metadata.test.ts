import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accepted, codeOf, issuer } from '../__fixtures__/keys.ts';
import { openIdMetadata, supportedClaims } from '../index.ts';

test("describes the provider with every member that Azure's clients and strict OpenID clients read, no array absent", () => {
  assert.deepEqual(accepted(openIdMetadata({ issuer, algorithms: ['RS256', 'RS256', 'ES256'] })), {
    issuer,
    jwks_uri: `${issuer}/certs`,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/revoke`,
    subject_types_supported: ['public'],
    response_types_supported: ['token', 'none'],
    id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    claims_supported: supportedClaims,
  });
});

test('refuses metadata for an unusable issuer', () => {
  assert.equal(codeOf(openIdMetadata({ issuer: 'https://localhost/', algorithms: ['RS256'] })), 'issuer-invalid');
});
