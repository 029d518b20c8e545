/** Simulated Azure guests beside real ones, and by plain node:crypto: what is real is written again byte for byte. */
import assert from 'node:assert/strict';
import { createHash, createPublicKey, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, vectorCases, vectorsMissing } from '@atesto/vectors';
import { writeSpecId } from '../tpm/event-log.ts';
import {
  nameOf,
  tpmAlgorithms,
  tpmAttributes,
  writeAttest,
  writePublicArea,
  writeSelections,
} from '../tpm/structures.ts';
import { createSimulatedVtpm } from '../tpm/vtpm.ts';
import { generateEcKeys } from '../x509/index.ts';
import { claimsReportData, writeHclReport } from './hcl-report.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

describe('real Azure machines, written again', { skip: vectorsMissing('azure-cvm') }, () => {
  for (const name of vectorCases('azure-cvm')) {
    test(`${name}: the HCL report and what its report data commits to`, () => {
      const real = readVector('azure-cvm', name, 'hcl-report.bin');
      const size = real.readUInt32LE(8);
      const claims = real.subarray(1236, size);
      const again = writeHclReport(real.subarray(32, 1216), claims, {
        magic: 'HCLA',
        version: real.readUInt32LE(4),
        requestType: 2,
        runtimeDataVersion: 1,
        reportType: name.startsWith('tdx') ? 4 : 2,
        hashType: 1,
        trailing: real.subarray(size),
      });
      assert.equal(hex(again), hex(real));
      const reportData = name.startsWith('tdx') ? real.subarray(32 + 128, 32 + 192) : real.subarray(32 + 80, 32 + 144);
      assert.equal(hex(claimsReportData(claims)), hex(reportData));
    });

    test(`${name}: the quote`, () => {
      const real = readVector('azure-cvm', name, 'tpm-quote.bin');
      const signer = real.subarray(8, 8 + real.readUInt16BE(6));
      let at = 8 + signer.length;
      const extraData = real.subarray(at + 2, at + 2 + real.readUInt16BE(at));
      at += 2 + extraData.length;
      const selections = writeSelections([{ algorithm: tpmAlgorithms.sha256, mask: real.subarray(at + 32, at + 35) }]);
      const digest = real.subarray(at + 35);
      const again = writeAttest(
        {
          magic: 0xff544347,
          type: 0x8018,
          qualifiedSigner: signer,
          extraData,
          clock: real.readBigUInt64BE(at),
          resetCount: real.readUInt32BE(at + 8),
          restartCount: real.readUInt32BE(at + 12),
          safe: real.readUInt8(at + 16),
          firmwareVersion: real.readBigUInt64BE(at + 17),
        },
        Buffer.concat([selections, digest]),
      );
      assert.equal(hex(again), hex(real));
    });
  }
});

describe('a real software TPM, written again', { skip: vectorsMissing('tpm') }, () => {
  for (const name of vectorCases('tpm')) {
    test(`${name}: the public area of its attestation key, and the name of its certified key`, () => {
      const publicKey = createPublicKey(readVector('tpm', name, 'ak.pem'));
      const { fixedTpm, fixedParent, sensitiveDataOrigin, userWithAuth, restricted, sign } = tpmAttributes;
      const again = writePublicArea(
        { publicKey, privateKey: generateEcKeys().privateKey },
        {
          nameAlg: tpmAlgorithms.sha256,
          attributes: fixedTpm | fixedParent | sensitiveDataOrigin | userWithAuth | restricted | sign,
          authPolicy: '',
          scheme: '0014000b',
        },
      );
      assert.equal(hex(again), hex(readVector('tpm', name, 'ak.tpm2b_public.bin')));
      const certification = readVector('tpm', name, 'certified-key.tpms_attest.bin');
      const certified = nameOf(readVector('tpm', name, 'certified-key.tpm2b_public.bin'));
      assert.ok(certification.includes(certified));
    });

    test(`${name}: the Spec ID event of its log, digests aside`, () => {
      const log = readVector('tpm', name, 'event-log.bin');
      assert.equal(hex(writeSpecId(['sha256']).subarray(0, 28)), hex(log.subarray(0, 28)));
      assert.equal(hex(writeSpecId(['sha256']).subarray(32, 56)), hex(log.subarray(32, 56)));
    });
  }
});

describe('a simulated vTPM', async () => {
  const vtpm = await createSimulatedVtpm();

  test('signs its quotes over the digest of its PCRs', () => {
    const { attest, signature } = vtpm.quote();
    assert.ok(verify('sha256', attest, vtpm.attestationKey.publicKey, signature));
    const digest = createHash('sha256')
      .update(Buffer.concat([...vtpm.pcrs().values()]))
      .digest();
    assert.equal(hex(attest.subarray(-32)), hex(digest));
  });

  test('extends its PCRs as its log says, and in no other bank alike', () => {
    const zero = Buffer.alloc(32);
    const separator = createHash('sha256').update(Buffer.alloc(4)).digest();
    const once = createHash('sha256').update(zero).update(separator).digest();
    assert.equal(hex(vtpm.pcrs([2]).get(2) ?? zero), hex(once));
    assert.equal(vtpm.pcrs([2], 'sha384').get(2)?.length, 48);
    assert.deepEqual(
      vtpm.pcrs([8, 17]),
      new Map([
        [8, zero],
        [17, Buffer.alloc(32, 0xff)],
      ]),
    );
  });
});
