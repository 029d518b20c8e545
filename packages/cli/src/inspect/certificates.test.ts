/** What `atesto inspect` shows of certificates, also of those that nothing can read. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createSimulatedSnpPlatform } from '@atesto/testing/sevsnp';
import { certificateFacts, certificates } from './certificates.ts';

const { certificates: made } = await createSimulatedSnpPlatform({ at: new Date() });
const [genuine = ''] = Object.values(made);
const pemOf = (content: string): string => `-----BEGIN CERTIFICATE-----\n${content}\n-----END CERTIFICATE-----\n`;
const unreadable = {
  'no base64': pemOf('AA*A'),
  'no DER': pemOf(Buffer.from('no certificate').toString('base64')),
  'a shortened certificate': pemOf(genuine.split('\n').slice(1, 4).join('\n')),
};

for (const [what, pem] of Object.entries(unreadable)) {
  test(`certificates within other evidence: ${what} is malformed, and those beside it are shown`, () => {
    const [first, second, ...others] = certificateFacts(pem + genuine);
    assert.deepEqual([first, others], [{ malformed: true }, []]);
    assert.match(String(second?.keyFingerprint), /^[0-9a-f]{64}$/);
  });

  test(`a file of certificates with ${what} is refused`, () => {
    const inspection = certificates.inspect(Buffer.from(genuine + pem));
    assert.equal(inspection.ok ? 'accepted' : inspection.refusal.code, 'certificate-malformed');
  });
}
