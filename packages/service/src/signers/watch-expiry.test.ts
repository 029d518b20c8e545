import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { openTestStore } from '@atesto/store/testing';
import { providerWith } from '../__fixtures__/administration.ts';
import { makeCertificate } from '../__fixtures__/certificates.ts';
import { lookAtSigners } from './watch-expiry.ts';

test('warns of policy signers whose certificates end within 30 days, at every Isolated provider', async (context) => {
  const store = await openTestStore();
  context.after(() => store.close());
  const at = new Date('2026-01-01T00:00:00Z');
  const ending = (days: number) =>
    makeCertificate('signer', { notBefore: new Date(0), notAfter: new Date(at.getTime() + days * 86_400_000) });
  await providerWith(store, 'contoso', await ending(20), await ending(400));
  await providerWith(store, 'fabrikam', await ending(50));
  await providerWith(store, 'open-to-all');
  const reports: unknown[] = [];
  const reporter = {
    report: (...report: unknown[]) => {
      reports.push(report);
    },
  };
  await lookAtSigners({ store, reporter, clock: () => at });
  await lookAtSigners({ store, reporter, clock: () => new Date(at.getTime() - 25 * 86_400_000) });
  const name = 'the certificate of policy signer 01 at provider contoso';
  const remedy = 'renew it with the same key, or add another signer';
  assert.deepEqual(reports, [
    ['warning', `${name} expires within 30 days, on 2026-01-21T00:00:00.000Z; ${remedy}`],
    ['ok'],
  ]);
});

test('names policy signers whose stored certificate is not accepted any more', async (context) => {
  const store = await openTestStore();
  context.after(() => store.close());
  const at = new Date();
  const good = await makeCertificate('signer', { notAfter: new Date(at.getTime() + 400 * 86_400_000) });
  const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2050 });
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  await providerWith(store, 'contoso', good, await makeCertificate('signer', { spki }));
  const reports: unknown[] = [];
  const reporter = {
    report: (...report: unknown[]) => {
      reports.push(report);
    },
  };
  await lookAtSigners({ store, reporter, clock: () => at });
  const reason = 'the certificate of policy signer 01 at provider contoso is not accepted any more; add another signer';
  assert.deepEqual(reports, [['failing', reason]]);
});
