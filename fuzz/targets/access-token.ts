/** Access tokens as the service judges them: no token but those of the issuer lets anybody in. */
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { verifyAccessToken } from '../../packages/service/src/identity/access-token.ts';
import { acceptedKeySet } from '../../packages/service/src/identity/openid-issuer.ts';
import { outcomeOfThrowing } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { jwsDictionary, jwsOf, jwsSeeds } from '../platforms/jws.ts';

const issuer = 'https://issuer.example';
const audience = 'https://attest.azure.net';
const made = await Promise.all(
  (['RS256', 'ES256', 'EdDSA'] as const).map(async (alg) => {
    const { privateKey, publicKey } = await generateKeyPair(alg);
    const token = await new SignJWT({ roles: ['reader'] })
      .setProtectedHeader({ alg, typ: 'at+jwt', kid: alg })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject('client')
      .setIssuedAt()
      .setExpirationTime('1y')
      .sign(privateKey);
    return { token, jwk: { ...(await exportJWK(publicKey)), kid: alg, alg, use: 'sig' } };
  }),
);
const keys = acceptedKeySet(made.map(({ jwk }) => jwk));
const settings = { issuer, audiences: [audience], timeoutMs: 1 };
const accepted = {
  issuers: [{ settings, keyFor: keys }],
  managementAudiences: [],
  clockSkewSeconds: 10,
  onUnreachable: () => {},
};

const never = new AbortController().signal;

export const target: FuzzTarget = {
  seeds: made.flatMap(({ token }) => jwsSeeds(token)),
  dictionary: jwsDictionary,
  run: (input) => {
    const token = jwsOf(input);
    return outcomeOfThrowing(async () => {
      await verifyAccessToken(token, accepted, 'attestation', never);
      return [token.slice(0, token.lastIndexOf('.'))];
    });
  },
};
