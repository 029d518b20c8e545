/** A real software TPM: its quote, attestation key, certified key and event log are read and hold together. */
import assert from 'node:assert/strict';
import { createPublicKey } from 'node:crypto';
import { describe, test } from 'node:test';
import { readVector, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { codeOf } from '../__fixtures__/refusals.ts';
import { appraiseVtpm } from '../azure/vtpm.ts';
import { checkCertifiedName, parseTpmCertification } from './certify.ts';
import { checkAttestationKeyAttributes, parseTpmPublicArea } from './public-area.ts';
import { checkTpmSignature } from './signature.ts';

describe('software TPMs', { skip: vectorsMissing('tpm') }, () => {
  for (const name of vectorCases('tpm')) {
    const file = (file: string): Buffer => readVector('tpm', name, file);

    test(`${name}: the quote is of the key, the nonce and the log that replays`, () => {
      const expected = readVectorJson('tpm', name, 'expected.json');
      const listed: Record<string, string> = Object(expected.pcrs).sha256;
      const pcrs = new Map(Object.entries(listed).map(([pcr, value]) => [Number(pcr), Buffer.from(value, 'hex')]));
      const area = parseTpmPublicArea(file('ak.tpm2b_public.bin'), 'ak');
      checkAttestationKeyAttributes(area, 'ak');
      assert.ok(area.publicKey.equals(createPublicKey(file('ak.pem'))));
      const { measuredBoot, ...state } = appraiseVtpm(
        {
          quote: file('quote.tpms_attest.bin'),
          signature: file('quote.tpmt_signature.bin'),
          pcrs,
          eventLog: file('event-log.bin'),
        },
        area.publicKey,
        { nonce: Buffer.from(String(expected.qualifyingDataHex), 'hex') },
      );
      assert.deepEqual(state.pcrs, pcrs);
      assert.deepEqual(measuredBoot?.replayed, [...pcrs.keys()]);
      assert.deepEqual(
        state.quote.selections.map((selection) => selection.pcrs),
        [Object(expected.pcrSelection).sha256],
      );
    });

    test(`${name}: the certified key is named, and signed for`, () => {
      const { publicKey } = parseTpmPublicArea(file('ak.tpm2b_public.bin'), 'ak');
      const attest = file('certified-key.tpms_attest.bin');
      checkTpmSignature(attest, file('certified-key.tpmt_signature.bin'), publicKey, 'tpm certification');
      const certification = parseTpmCertification(attest);
      const certified = parseTpmPublicArea(file('certified-key.tpm2b_public.bin'), 'key');
      assert.equal(
        codeOf(() => checkCertifiedName(certification, certified)),
        'accepted',
      );
      const another = parseTpmPublicArea(file('ak.tpm2b_public.bin'), 'key');
      assert.equal(
        codeOf(() => checkCertifiedName(certification, another)),
        'tpm-certified-name',
      );
    });
  }
});
