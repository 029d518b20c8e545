/** An attestation service without the service: a throwaway key that signs tokens for the tests of relying parties. */
import { createHash, sign } from 'node:crypto';
import { ConfigurationError, checkOptions, writeExactJson } from '@atesto/core';
import { generateEcKeys } from '../x509/keys.ts';
import { checkContents, type TestTokenContents } from './contents.ts';
import { tokenClaims } from './token-claims.ts';

/** The issuer to play. */
export interface TestAttestationOptions {
  /** Provider URI without trailing slash, as the relying party pins it; https, or http for loopback. */
  readonly issuer: string;
  /** Default: the system's clock. */
  readonly clock?: () => Date;
}

/** The issuer's public keys: RFC 7517. */
export interface TestKeySet {
  readonly keys: readonly object[];
}

/** The options of a verifier that accepts the tokens; `expectations` are still to be decided. */
export interface TestVerifierOptions {
  readonly issuers: readonly string[];
  readonly keySets: Readonly<Record<string, TestKeySet>>;
  /** That of the attestation. */
  readonly clock: () => Date;
}

/** Issues tokens like those of a service, under its own throwaway key: no verifier accepts them that does not ask it for the key. */
export interface TestAttestation {
  readonly issuer: string;
  /** What a service publishes at `<issuer>/certs`. */
  readonly keySet: TestKeySet;
  /** For `createVerifier` of `@atesto/relying-party`. */
  readonly verifierOptions: TestVerifierOptions;
  /** A token of an environment. Throws `ConfigurationError` when a member is unknown or malformed. */
  token(contents: TestTokenContents): string;
}

/**
 * Plays an issuer, without network and files. Throws `ConfigurationError`.
 *
 * @example
 * const attestation = createTestAttestation({ issuer: 'https://attest.example.org' });
 * const verifier = createVerifier({ ...attestation.verifierOptions, expectations });
 * const token = attestation.token({ sgx: { mrSigner, svn: 3 }, runtimeKey });
 */
export function createTestAttestation(options: TestAttestationOptions): TestAttestation {
  checkOptions<TestAttestationOptions>(options, { issuer: true, clock: true }, 'options');
  const { issuer, clock = () => new Date() } = options;
  checkIssuer(issuer);
  const keys = generateEcKeys();
  const { crv, kty, x, y } = keys.publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(JSON.stringify({ crv, kty, x, y })).digest('base64url');
  const keySet: TestKeySet = { keys: [{ kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }] };
  const header = base64url(JSON.stringify({ alg: 'ES256', jku: `${issuer}/certs`, kid, typ: 'JWT' }));
  return {
    issuer,
    keySet,
    verifierOptions: { issuers: [issuer], keySets: { [issuer]: keySet }, clock },
    token: (contents) => {
      checkContents(contents);
      const input = `${header}.${base64url(writeExactJson(tokenClaims(issuer, contents, clock())))}`;
      const key = { key: keys.privateKey, dsaEncoding: 'ieee-p1363' } as const;
      return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
    },
  };
}

const base64url = (text: string): string => Buffer.from(text).toString('base64url');
const loopback = ['localhost', '127.0.0.1', '[::1]'];

function checkIssuer(issuer: unknown): void {
  const url = typeof issuer === 'string' && URL.canParse(issuer) ? new URL(issuer) : undefined;
  const isSecure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  if (!isSecure || typeof issuer !== 'string' || issuer.endsWith('/') || /[?#@\s]/.test(issuer)) {
    throw new ConfigurationError('options.issuer', 'an https URI without trailing slash, query and fragment');
  }
}
