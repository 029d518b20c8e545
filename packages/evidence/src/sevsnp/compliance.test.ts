/** Guests that the operator knows get the status of the first reference value they fit. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createSimulatedUvmSigner, type SnpReportFields } from '@atesto/testing/sevsnp';
import { at, days, reportOf } from '../__fixtures__/snp-platform.ts';
import { appraiseSnpGuest, type SnpGuestIdentity, type SnpReferenceValue } from '../advanced.ts';

const signer = await createSimulatedUvmSigner({ at });
const measurement = '0d'.repeat(48);
const idKeyDigest = '0e'.repeat(48);
const hostData = '0f'.repeat(32);
const reportWith = (fields: Partial<SnpReportFields> = {}) =>
  reportOf({ fields: { measurement, idKeyDigest, hostData, guestSvn: 5, ...fields } });
const report = await reportWith();
const feed = 'ContainerPlat-AMD-UVM';
const uvm = { issuer: signer.issuer, feed, minimumSvn: 100, signerValidAt: 'appraisal' } as const;

function value(
  complianceStatus: string,
  identity: SnpGuestIdentity,
  more: Partial<SnpReferenceValue> = {},
): SnpReferenceValue {
  return { complianceStatus, identity, hostData: 'any', minimumGuestSvn: 0, maximumVmpl: 0, ...more };
}

function statusOf(
  values: readonly SnpReferenceValue[],
  endorsements: Uint8Array[] = [],
  of = report,
): string | undefined {
  const outcome = appraiseSnpGuest(of, endorsements, values, at);
  return outcome.ok ? outcome.value.complianceStatus : outcome.refusal.code;
}

describe('a guest is known', () => {
  test('by its launch measurement', () => {
    assert.equal(statusOf([value('known', { measurements: ['00'.repeat(48), measurement] })]), 'known');
    assert.equal(statusOf([value('known', { measurements: ['00'.repeat(48)] })]), undefined);
    assert.equal(statusOf([value('known', { measurements: [] })]), undefined);
  });

  test('by the key that signed its ID block', () => {
    assert.equal(statusOf([value('known', { idKeyDigests: [idKeyDigest] })]), 'known');
    assert.equal(statusOf([value('known', { idKeyDigests: [measurement] })]), undefined);
  });

  test('by the first value that it fits', () => {
    const values = [
      value('other', { measurements: ['00'.repeat(48)] }),
      value('first', { idKeyDigests: [idKeyDigest] }),
      value('second', { measurements: [measurement] }),
    ];
    assert.equal(statusOf(values), 'first');
    assert.equal(statusOf([]), undefined);
  });

  test('only with the host data and the security version of the value', () => {
    const identity = { measurements: [measurement] };
    assert.equal(statusOf([value('known', identity, { hostData: [hostData] })]), 'known');
    assert.equal(statusOf([value('known', identity, { hostData: ['00'.repeat(32)] })]), undefined);
    assert.equal(statusOf([value('known', identity, { minimumGuestSvn: 5 })]), 'known');
    assert.equal(statusOf([value('known', identity, { minimumGuestSvn: 6 })]), undefined);
  });

  test('up to the privilege level of the value: software below a paravisor binds data of its own', async () => {
    const identity = { measurements: [measurement] };
    for (const vmpl of [1, 2, 3]) {
      const below = await reportWith({ vmpl });
      assert.equal(statusOf([value('known', identity)], [], below), undefined);
      assert.equal(statusOf([value('known', identity, { maximumVmpl: vmpl - 1 })], [], below), undefined);
      assert.equal(statusOf([value('known', identity, { maximumVmpl: vmpl })], [], below), 'known');
    }
  });

  test('never when it can be debugged', async () => {
    const debug = await reportWith({ debug: true });
    assert.equal(statusOf([value('known', { measurements: [measurement] })], [], debug), undefined);
  });

  test('never when a migration agent, which its host chooses, may be given its memory', async () => {
    const migratable = await reportWith({ policy: 0x70000n });
    assert.equal(migratable.policy.migrationAgentAllowed, true);
    for (const identity of [{ measurements: [measurement] }, { idKeyDigests: [idKeyDigest] }]) {
      assert.equal(statusOf([value('known', identity)], [], migratable), undefined);
    }
  });
});

describe('endorsements of a utility VM', () => {
  const good = signer.endorse({ measurement });
  const other = signer.endorse({ measurement, feed: 'another' });

  test('make a guest known to the value that names their endorser', () => {
    const outcome = appraiseSnpGuest(report, [good], [value('known', { uvm })], at);
    assert.deepEqual(outcome, {
      ok: true,
      value: {
        complianceStatus: 'known',
        uvm: { issuer: signer.issuer, feed, svn: 101, signerValidAt: 'appraisal' },
      },
    });
  });

  test('are needed by such a value', () => assert.equal(statusOf([value('known', { uvm })]), undefined));

  test('are searched for one that holds', () =>
    assert.equal(statusOf([value('known', { uvm })], [other, good]), 'known'));

  test('are refused when none holds, with what is wrong with the first', () => {
    const values = [value('known', { uvm }), value('measured', { measurements: [measurement] })];
    assert.equal(statusOf(values, [other]), 'uvm-untrusted');
    assert.equal(statusOf(values, [signer.endorse({ measurement: '00'.repeat(48) }), other]), 'uvm-measurement');
    assert.equal(statusOf(values, [Uint8Array.of(0)]), 'uvm-malformed');
  });

  test('are passed over when no value names an endorser', () => {
    assert.equal(statusOf([value('measured', { measurements: [measurement] })], [Uint8Array.of(0)]), 'measured');
  });

  test('hold for the value whose endorser and least version they meet', () => {
    const strict = value('strict', { uvm: { ...uvm, minimumSvn: 102 } });
    const anotherFeed = value('feed', { uvm: { ...uvm, feed: 'another' } });
    assert.equal(statusOf([anotherFeed, value('known', { uvm })], [good]), 'known');
    assert.equal(statusOf([strict], [good]), 'uvm-svn');
    assert.equal(statusOf([strict, value('lenient', { uvm })], [good]), 'lenient');
    assert.equal(statusOf([value('lenient', { uvm }), strict], [signer.endorse({ measurement, svn: 102 })]), 'lenient');
  });

  test('of a signer that was held to the time of signing do not fit values that hold it to the appraisal', async () => {
    const retired = await createSimulatedUvmSigner({ at, certificates: { signer: { notAfter: days(-1) } } });
    const endorsement = retired.endorse({ measurement, signedAt: days(-2) });
    const ofRetired = (signerValidAt: 'appraisal' | 'signing', minimumSvn: number) => ({
      uvm: { ...uvm, issuer: retired.issuer, signerValidAt, minimumSvn },
    });
    const strict = value('strict', ofRetired('appraisal', 102));
    assert.equal(statusOf([strict, value('lenient', ofRetired('signing', 100))], [endorsement]), 'lenient');
    const strictLater = value('strict', ofRetired('appraisal', 100));
    const elsewhere = value('elsewhere', ofRetired('signing', 100), { minimumGuestSvn: 9 });
    assert.equal(statusOf([elsewhere, strictLater], [endorsement]), undefined);
    assert.equal(statusOf([strictLater], [endorsement]), 'chain-expired');
  });
});
