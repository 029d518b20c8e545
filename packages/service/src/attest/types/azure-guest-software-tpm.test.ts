/** An Azure guest whose vTPM is another project's: its quote and keys are accepted, and it alone can open the reply. */
import assert from 'node:assert/strict';
import { createDecipheriv, createHash, createPublicKey } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedVtpm, defaultBoot, type SimulatedEvent, writeEventLog } from '@atesto/testing/tpm';
import { generateEcKeys } from '@atesto/testing/x509';
import { base64url, platform, refusalOf, serveEnclaves } from '../../__fixtures__/enclave.ts';
import { SoftwareTpm, softwareTpmMissing } from '../../__fixtures__/software-tpm.ts';

const pcrs = [0, 1, 2, 3, 4, 5, 6, 7];
const selection = `sha256:${pcrs.join(',')}`;
const ownOrigin = 'fixedtpm|fixedparent|sensitivedataorigin';
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** Boots a TPM and makes an attestation key, a key that is bound to the PCRs, its certification and a quote. */
async function bootedTpm(boot: readonly SimulatedEvent[]): Promise<SoftwareTpm> {
  const tpm = await SoftwareTpm.start();
  for (const { pcr, data } of boot) {
    const digest = createHash('sha256')
      .update(typeof data === 'string' ? Buffer.from(data, 'hex') : data)
      .digest('hex');
    await tpm.tool('tpm2_pcrextend', `${pcr}:sha256=${digest}`);
  }
  const attestationKey = ['-G', 'rsa2048:rsassa-sha256:null', '-a', `${ownOrigin}|userwithauth|restricted|sign|noda`];
  await tpm.tool('tpm2_createprimary', '-C', 'e', '-g', 'sha256', ...attestationKey, '-c', 'ak.ctx');
  await tpm.tool('tpm2_readpublic', '-c', 'ak.ctx', '-o', 'ak.pub');
  await tpm.tool('tpm2_readpublic', '-c', 'ak.ctx', '-f', 'pem', '-o', 'ak.pem');
  await tpm.tool('tpm2_startauthsession', '-S', 'trial.ctx');
  await tpm.tool('tpm2_policypcr', '-S', 'trial.ctx', '-l', selection, '-L', 'policy.bin');
  await tpm.tool('tpm2_flushcontext', 'trial.ctx');
  const encryptionKey = ['-G', 'rsa2048:null:null', '-a', `${ownOrigin}|decrypt|noda`, '-L', 'policy.bin'];
  await tpm.tool('tpm2_createprimary', '-C', 'n', '-g', 'sha256', ...encryptionKey, '-c', 'ek.ctx');
  await tpm.tool('tpm2_readpublic', '-c', 'ek.ctx', '-o', 'ek.pub');
  const certified = ['-o', 'certify.attest', '-s', 'certify.sig', '-f', 'plain'];
  await tpm.tool('tpm2_certify', '-C', 'ak.ctx', '-c', 'ek.ctx', '-g', 'sha256', ...certified);
  const quoted = ['-m', 'quote.attest', '-s', 'quote.sig', '-f', 'plain'];
  await tpm.tool('tpm2_quote', '-c', 'ak.ctx', '-l', selection, '-q', '00112233', '-g', 'sha256', ...quoted);
  await tpm.tool('tpm2_pcrread', selection, '-o', 'pcrs.bin');
  return tpm;
}

describe('a vTPM of another project', { skip: softwareTpmMissing() }, async () => {
  if (softwareTpmMissing() !== false) return;
  const boot = defaultBoot();
  const tpm = await bootedTpm(boot);
  const collateral = await platform.collateral({ tee: 'tdx' });
  const service = await serveEnclaves(
    { provider: { baseline: { azureGuest: { unknownMachines: 'accept' } } } },
    { intelEndorsements: { get: async () => ({ ok: true, value: { collateral } }) } },
  );
  const unused = generateEcKeys();
  const guest = new SimulatedAzureGuest(
    { kind: 'Tdx', platform },
    await createSimulatedVtpm({ attestationKey: unused, encryptionKey: unused }),
  );
  const { n, e } = createPublicKey(tpm.file('ak.pem')).export({ format: 'jwk' });
  const claims = Buffer.from(JSON.stringify({ keys: [{ kid: 'HCLAkPub', kty: 'RSA', e, n }] }));
  const values = tpm.file('pcrs.bin');
  const tpmInfo = {
    AikPub: base64(tpm.file('ak.pub')),
    PcrQuote: base64(tpm.file('quote.attest')),
    PcrSignature: base64(tpm.file('quote.sig')),
    EncKeyPub: base64(tpm.file('ek.pub')),
    EncKeyCertifyInfo: base64(tpm.file('certify.attest')),
    EncKeyCertifyInfoSignature: base64(tpm.file('certify.sig')),
    PcrSet: pcrs,
    PCRs: pcrs.map((pcr) => ({ Index: pcr, Digest: base64(values.subarray(32 * pcr, 32 * pcr + 32)) })),
  };
  const bodyOf = (log: readonly SimulatedEvent[] = boot) => {
    const info = guest.attestationInfo({ claims, tpmInfo, members: { TcgLogs: base64(writeEventLog(log)) } });
    return { attestationInfo: base64url(info) };
  };

  test('opens the reply; its token tells the PCRs, the log and that the reply key is bound to them', async () => {
    const answer = await service.attest('AzureGuest', bodyOf());
    assert.equal(answer.status, 200, answer.text);
    const reply = JSON.parse(Buffer.from(JSON.parse(answer.text).token, 'base64url').toString());
    const bytes = (text: string): Buffer => Buffer.from(text, 'base64');
    writeFileSync(tpm.path('wrapped.bin'), bytes(reply.EncryptedInnerKey));
    await tpm.tool('tpm2_startauthsession', '--policy-session', '-S', 'policy.ctx');
    await tpm.tool('tpm2_policypcr', '-S', 'policy.ctx', '-l', selection);
    const decrypt = ['-c', 'ek.ctx', '-p', 'session:policy.ctx', '-s', 'rsaes', '-o', 'key.bin', 'wrapped.bin'];
    await tpm.tool('tpm2_rsadecrypt', ...decrypt);
    const cipher = createDecipheriv('aes-256-gcm', tpm.file('key.bin'), bytes(reply.EncryptionParams.Iv));
    cipher.setAAD(Buffer.from('Transport Key')).setAuthTag(bytes(reply.AuthenticationData));
    const token = Buffer.concat([cipher.update(bytes(reply.Jwt)), cipher.final()]).toString();
    const said = JSON.parse(Buffer.from(String(token.split('.')[1]), 'base64url').toString());
    assert.equal(said['x-ms-azurevm-attested-pcr-values'].pcr7, base64(values.subarray(32 * 7)));
    assert.deepEqual(
      [said.secureboot, said['x-atesto-azurevm-replayed-pcrs'], said['x-atesto-azurevm-reply-bound-to-pcrs']],
      [true, pcrs, true],
    );
  });

  test('is refused with the log of another boot', async () => {
    const answer = await service.attest('AzureGuest', bodyOf(defaultBoot(false)));
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'tpm-event-log-replay']);
  });
});
