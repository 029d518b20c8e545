import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CertificationOptions } from '@atesto/testing/sgx';
import { readVector, readVectorJson, vectorCases, vectorsMissing } from '@atesto/vectors';
import { makePlatform } from '../__fixtures__/intel-platform.ts';
import { lookupFor, neededByPckCertificate, parseSgxEvidence, parseTdxEvidence } from '../advanced.ts';

describe('the endorsements that a quote needs', () => {
  for (const ca of ['platform', 'processor'] as const) {
    test(`are named by the PCK certificate that it carries, of the ${ca} CA`, async () => {
      const platform = await makePlatform({ ca, fmspc: '00906ed50000', pceId: '0100' });
      for (const type of [4, 5]) {
        const parsed = parseSgxEvidence(platform.quote({ certification: { type } }));
        assert.ok(parsed.ok);
        assert.deepEqual(lookupFor(parsed.value.quote), {
          ok: true,
          value: { kind: 'collateral', needed: { tee: 'sgx', fmspc: '00906ed50000', pceId: '0100', ca } },
        });
      }
    });
  }

  test('begin with the PCK certificate when the quote names its platform only', async () => {
    const platform = await makePlatform();
    const { ppid, tcbComponentSvns, pceSvn } = platform.state.pck;
    const parsed = parseSgxEvidence(
      platform.quote({ certification: { type: 1 }, header: { userData: Buffer.alloc(20, 9) } }),
    );
    assert.ok(parsed.ok);
    const lookup = lookupFor(parsed.value.quote);
    assert.ok(lookup.ok && lookup.value.kind === 'pck-certificate');
    const { tee, id, qeId } = lookup.value;
    assert.deepEqual(
      [
        tee,
        Buffer.from(id.ppid),
        id.ppidEncrypted,
        [...id.cpuSvn],
        id.pceSvn,
        Buffer.from(id.pceId ?? []),
        Buffer.from(qeId),
      ],
      ['sgx', Buffer.from(ppid), false, tcbComponentSvns, pceSvn, Buffer.alloc(2), Buffer.alloc(16, 9)],
    );
  });

  test('are told only of a carried chain that leads to a trusted root, where roots are given', async () => {
    const [platform, stranger] = [await makePlatform(), await makePlatform()];
    const anchors = [{ name: 'simulator', spkiSha256: platform.rootFingerprint, development: true }];
    for (const [one, code] of [
      [platform, 'told'],
      [stranger, 'chain-root-untrusted'],
    ] as const) {
      const parsed = parseSgxEvidence(one.quote());
      assert.ok(parsed.ok);
      const lookup = lookupFor(parsed.value.quote, anchors);
      assert.equal(lookup.ok ? 'told' : lookup.refusal.code, code);
    }
  });

  test('cannot be told without a readable certificate', async () => {
    const platform = await makePlatform();
    const codeOf = (certification: CertificationOptions): string => {
      const parsed = parseSgxEvidence(platform.quote({ certification }));
      const lookup = parsed.ok ? lookupFor(parsed.value.quote) : parsed;
      return lookup.ok ? 'accepted' : lookup.refusal.code;
    };
    assert.equal(codeOf({ data: Buffer.from('x') }), 'pem-malformed');
    assert.equal(codeOf({ data: Buffer.from(platform.certificates.root) }), 'pck-extension');
    const none = neededByPckCertificate('sgx', '');
    assert.equal(none.ok ? 'accepted' : none.refusal.code, 'pem-malformed');
  });

  for (const [tee, parse] of [
    ['sgx', parseSgxEvidence],
    ['tdx', parseTdxEvidence],
  ] as const) {
    test(`of real ${tee} evidence are for its platform`, { skip: vectorsMissing(tee) }, () => {
      for (const name of vectorCases(tee)) {
        const file = name.startsWith('openenclave') ? 'report.bin' : 'quote.bin';
        const parsed = parse(readVector(tee, name, file));
        assert.ok(parsed.ok);
        const lookup = lookupFor(parsed.value.quote);
        assert.ok(lookup.ok && lookup.value.kind === 'collateral');
        const { fmspc, pceId, ca } = lookup.value.needed;
        const expected = readVectorJson(tee, name, 'expected.json');
        const { issuer } = Object(expected.pck);
        const issuers = { platform: 'Intel SGX PCK Platform CA', processor: 'Intel SGX PCK Processor CA' };
        assert.deepEqual([fmspc, pceId, issuers[ca]], [expected.fmspc, expected.pceId, issuer]);
      }
    });
  }
});
