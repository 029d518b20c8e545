/** Signed policies as an Isolated provider judges them: no policy but those of its signers counts. */
import { makeCertificate } from '../../packages/service/src/__fixtures__/certificates.ts';
import { policyPayload, signed } from '../../packages/service/src/__fixtures__/signed.ts';
import { parsePolicy } from '../../packages/service/src/policies/document.ts';
import { checkTrusted } from '../../packages/service/src/policies/trust.ts';
import { outcomeOfThrowing } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { jwsDictionary, jwsOf, jwsSeeds } from '../platforms/jws.ts';

const rsa = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1), hash: 'SHA-256' };
const signers = [
  await makeCertificate('ec'),
  await makeCertificate('p384', { algorithm: { name: 'ECDSA', namedCurve: 'P-384' } }),
  await makeCertificate('rsa', { algorithm: rsa }),
];
const certificates = signers.map(({ base64 }) => ({ thumbprint: '', x5c: [base64] }));
const trust = { trustModel: 'Isolated', signers: { certificates } } as const;
const payload = policyPayload('version= 1.0;authorizationrules{=> permit();};');
const policies = await Promise.all(
  signers.flatMap((signer) => [signed(signer, payload), signed(signer, payload, { certificateIn: 'jwk' })]),
);
const at = new Date();

export const target: FuzzTarget = {
  seeds: policies.flatMap(jwsSeeds),
  dictionary: jwsDictionary,
  run: (input) =>
    outcomeOfThrowing(() => {
      const { jws, text } = parsePolicy(jwsOf(input), 'policy');
      checkTrusted(jws, trust, at, 'policy');
      return [text, jws?.signingInput ?? ''];
    }),
};
