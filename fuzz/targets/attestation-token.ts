/** Attestation tokens as relying parties judge them: no token but those of the issuer is accepted, whatever its header says. */
import { createVerifier } from '@atesto/relying-party';
import { generateSigningKey, issueToken, jwks } from '@atesto/token';
import type { FuzzTarget } from '../engine/target.ts';
import { jwsDictionary, jwsOf, jwsSeeds } from '../platforms/jws.ts';

const issuer = 'https://attest.example';
const issuedAt = 1_795_507_200;
const now = new Date((issuedAt + 10) * 1000);
const claims = {
  iss: issuer,
  iat: issuedAt,
  nbf: issuedAt,
  exp: issuedAt + 28_800,
  'x-ms-attestation-type': 'sgx',
  'x-ms-policy-hash': '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco',
  'x-ms-runtime': { id: 2n ** 53n + 1n, keys: [{ kty: 'EC', crv: 'P-256', x: 'eHg', y: 'eXk' }] },
};

async function issued(algorithm: 'RS256' | 'PS256' | 'ES256' | 'ES384') {
  const [notBefore, notAfter] = [new Date(now.getTime() - 86_400_000), new Date(now.getTime() + 86_400_000)];
  const key = await generateSigningKey({ algorithm, issuer, notBefore, notAfter });
  if (!key.ok) throw new Error(key.refusal.why);
  const token = issueToken(key.value, claims);
  if (!token.ok) throw new Error(token.refusal.why);
  return { key: key.value, token: token.value };
}

const all = await Promise.all((['RS256', 'PS256', 'ES256', 'ES384'] as const).map(issued));
const verifier = createVerifier({
  issuers: [issuer],
  keySets: { [issuer]: jwks(all.map(({ key }) => key)) },
  clock: () => now,
  expectations: { attestationType: 'any', policyHash: 'any', nonce: 'any', runtimeData: 'any', debuggable: 'any' },
});

export const target: FuzzTarget = {
  seeds: all.flatMap(({ token }) => jwsSeeds(token)),
  dictionary: jwsDictionary,
  run: async (input) => {
    const token = jwsOf(input);
    const verdict = await verifier.verify(token);
    if (!verdict.ok) return { code: verdict.refusal.code, where: verdict.refusal.where };
    return { code: 'accepted', proven: [token.slice(0, token.lastIndexOf('.')), verdict.value.keyId] };
  },
};
