/** Each check of certificates and revocation lists, with endorsements in which only that check fails. */

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { CollateralOverrides, IntelCertificateOverrides } from '@atesto/testing/sgx';
import { type CertificateOverrides, generateEcKeys } from '@atesto/testing/x509';
import { appraiseSgxBytes } from '../__fixtures__/appraise-bytes.ts';
import {
  accepted,
  anchorOf,
  appraise,
  at,
  codeOfSgx,
  days,
  makePlatform,
  serialOf,
} from '../__fixtures__/intel-platform.ts';
import { intelRoots, parseSgxEvidence, VerificationCache, verifyIntelCollateral } from '../advanced.ts';

const platform = await makePlatform();
const collateral = await platform.collateral();
const other = generateEcKeys();

/** The code when certificates are issued otherwise. */
async function reissued(certificates: IntelCertificateOverrides): Promise<string> {
  const changed = await platform.reissue(certificates);
  return codeOfSgx(appraise(changed, changed.quote(), await changed.collateral()));
}

/** The code when revocation lists are issued otherwise. */
async function listed(overrides: CollateralOverrides): Promise<string> {
  return codeOfSgx(appraise(platform, platform.quote(), await platform.collateral(overrides)));
}

const replaceHex = (from: string, to: string) => (der: Buffer) =>
  Buffer.from(der.toString('hex').replaceAll(from, to), 'hex');
const unknown = { oid: '1.2.3.4', critical: true, value: Buffer.from('0500', 'hex') };
const roles = ['root', 'pckCa', 'pck', 'tcbSigning'] as const;

describe('a certificate', () => {
  for (const role of roles) {
    test(`${role}: refused before it is valid with chain-not-yet-valid`, async () => {
      assert.equal(await reissued({ [role]: { notBefore: days(1) } }), 'chain-not-yet-valid');
    });

    test(`${role}: refused after it was valid with chain-expired`, async () => {
      assert.equal(await reissued({ [role]: { notAfter: days(-1) } }), 'chain-expired');
    });

    test(`${role}: valid in its first and in its last second`, async () => {
      assert.equal(await reissued({ [role]: { notBefore: at } }), 'accepted');
      assert.equal(await reissued({ [role]: { notAfter: at } }), 'accepted');
    });

    test(`${role}: refused when another key signed it with chain-signature`, async () => {
      assert.equal(await reissued({ [role]: { signWith: other } }), 'chain-signature');
    });

    test(`${role}: refused with a critical extension that is not understood with certificate-extension-unknown`, async () => {
      const change: CertificateOverrides = { extensions: [unknown] };
      assert.equal(await reissued({ [role]: change }), 'certificate-extension-unknown');
    });

    test(`${role}: refused when signed with SHA-224 with certificate-signature-algorithm`, async () => {
      const mutate = replaceHex('06082a8648ce3d040302', '06082a8648ce3d040301');
      assert.equal(await reissued({ [role]: { mutate } }), 'certificate-signature-algorithm');
    });

    test(`${role}: refused when it is not of version 3 with certificate-malformed`, async () => {
      assert.equal(
        await reissued({ [role]: { mutate: replaceHex('a003020102', 'a003020101') } }),
        'certificate-malformed',
      );
    });

    test(`${role}: refused when its two signature algorithms differ with certificate-malformed`, async () => {
      const mutate = (der: Buffer): Buffer => {
        const changed = Buffer.from(der);
        const oid = Buffer.from('06082a8648ce3d040302', 'hex');
        changed.writeUInt8(3, changed.indexOf(oid) + oid.length - 1);
        return changed;
      };
      assert.equal(await reissued({ [role]: { mutate } }), 'certificate-malformed');
    });

    test(`${role}: refused when an extension occurs twice with certificate-malformed`, async () => {
      const twice = { oid: '2.5.29.15', critical: true, value: Buffer.from('03020780', 'hex') };
      assert.equal(await reissued({ [role]: { extensions: [twice] } }), 'certificate-malformed');
    });
  }

  for (const role of ['pck', 'pckCa', 'tcbSigning'] as const) {
    test(`${role}: refused when issued in another name with chain-name`, async () => {
      assert.equal(await reissued({ [role]: { issuer: 'CN=Somebody else' } }), 'chain-name');
    });
  }

  for (const role of ['root', 'pckCa'] as const) {
    test(`${role}: refused as an issuer when it is no authority with chain-not-a-ca`, async () => {
      assert.equal(await reissued({ [role]: { ca: false, pathLength: undefined } }), 'chain-not-a-ca');
      assert.equal(await reissued({ [role]: { ca: 'absent' } }), 'chain-not-a-ca');
    });

    test(`${role}: refused as an issuer without the key usage with chain-key-usage`, async () => {
      assert.equal(await reissued({ [role]: { keyUsage: ['cRLSign', 'digitalSignature'] } }), 'chain-key-usage');
    });

    test(`${role}: refused as an issuer of lists without the key usage with chain-key-usage`, async () => {
      assert.equal(await reissued({ [role]: { keyUsage: ['keyCertSign'] } }), 'chain-key-usage');
    });
  }

  for (const role of ['pck', 'tcbSigning'] as const) {
    test(`${role}: refused as a signer without the key usage with chain-key-usage`, async () => {
      assert.equal(await reissued({ [role]: { keyUsage: ['nonRepudiation'] } }), 'chain-key-usage');
    });
  }

  test('of one part of the collateral: refused after it was valid with chain-expired, whatever the other parts came with', async () => {
    const ended = { notAfter: days(-1) };
    const { root, pckCa, tcbSigning } = (await platform.reissue({ pckCa: ended, tcbSigning: ended })).certificates;
    const expired = {
      tcbInfoIssuerChain: tcbSigning + root,
      qeIdentityIssuerChain: tcbSigning + root,
      pckCrlIssuerChain: pckCa + root,
    };
    for (const [part, chain] of Object.entries(expired)) {
      const outcome = appraise(platform, platform.quote(), { ...collateral, [part]: chain });
      assert.equal(codeOfSgx(outcome), 'chain-expired', part);
    }
  });

  test('root: refused when more authorities follow than it allows with chain-path-length', async () => {
    assert.equal(await reissued({ root: { pathLength: 0 } }), 'chain-path-length');
  });

  test('pck: refused in another name with pck-certificate-name', async () => {
    assert.equal(await reissued({ pck: { subject: 'CN=Intel SGX TCB Signing' } }), 'pck-certificate-name');
  });

  test('tcbSigning: refused in another name with collateral-name', async () => {
    assert.equal(await reissued({ tcbSigning: { subject: 'CN=Intel SGX PCK Certificate' } }), 'collateral-name');
  });

  test('pck: refused without the SGX extension, or with a broken one, with pck-extension', async () => {
    assert.equal(await reissued({ pck: { extensions: [] } }), 'pck-extension');
    const empty = { oid: '1.2.840.113741.1.13.1', critical: false, value: Buffer.from('3000', 'hex') };
    assert.equal(await reissued({ pck: { extensions: [empty] } }), 'pck-extension');
    const cut = { ...empty, value: Buffer.from('3001', 'hex') };
    assert.equal(await reissued({ pck: { extensions: [cut] } }), 'der-malformed');
  });

  test('pck: refused with members of the SGX extension out of range with pck-extension', async () => {
    for (const pck of [{ tcbComponentSvns: [...Array(15).fill(0), 256] }, { pceSvn: 65536 }, { sgxType: 3 }]) {
      const wrong = await makePlatform({ keys: platform.keys, pck: { cpuSvn: Buffer.alloc(16), ...pck } });
      const chain = wrong.certificates.pck + wrong.certificates.pckCa + wrong.certificates.root;
      const quote = platform.quote({ certification: { data: Buffer.from(chain) } });
      assert.equal(codeOfSgx(appraise(platform, quote, collateral)), 'pck-extension');
    }
  });
});

describe('a chain', () => {
  const { pck, pckCa, root, tcbSigning } = platform.certificates;
  const chained = (data: string): string =>
    codeOfSgx(appraise(platform, platform.quote({ certification: { data: Buffer.from(data) } }), collateral));

  test('is refused when certificates are missing or too many with chain-length', () => {
    assert.equal(chained(pck), 'chain-length');
    assert.equal(chained(pck + root), 'chain-length');
    assert.equal(chained(pck + pckCa + root + root), 'chain-length');
  });

  test('is refused in another order', () => {
    assert.equal(chained(pckCa + pck + root), 'chain-not-a-ca');
    assert.equal(chained(root + pckCa + pck), 'chain-root-untrusted');
  });

  test('is refused when another certificate of Intel stands for the platform’s', () => {
    assert.equal(chained(tcbSigning + pckCa + root), 'chain-name');
  });

  test('is refused under a root that is not trusted, whatever the quote carries, with chain-root-untrusted', async () => {
    assert.equal(codeOfSgx(appraiseSgxBytes(platform.quote(), collateral, { at })), 'chain-root-untrusted');
    const foreign = await makePlatform();
    assert.equal(codeOfSgx(appraise(platform, foreign.quote(), collateral)), 'chain-root-untrusted');
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), await foreign.collateral())), 'chain-root-untrusted');
  });

  test('is trusted by the key of its root: a renewed root certificate is as good', async () => {
    assert.equal(await reissued({ root: { notAfter: days(5000), serialNumber: '77' } }), 'accepted');
  });

  test('is refused when its root carries the name and key but did not sign itself with chain-signature', async () => {
    const impostor = await platform.reissue({ root: { signWith: other } });
    assert.equal(codeOfSgx(appraise(platform, impostor.quote(), collateral)), 'chain-signature');
  });

  test('says whether it ends in a development root', () => {
    assert.equal(accepted(appraise(platform, platform.quote(), collateral)).developmentRoot, true);
    const production = [{ ...anchorOf(platform), development: false }];
    assert.equal(
      accepted(appraise(platform, platform.quote(), collateral, { trustAnchors: production })).developmentRoot,
      false,
    );
    assert.deepEqual(
      intelRoots.map(({ development }) => development),
      [false],
    );
  });

  test('of one trusted root is refused with endorsements of another trusted root with crl-issuer', async () => {
    const second = await makePlatform({ ca: 'platform', fmspc: '00a5a5000000' });
    const theirs = await second.collateral();
    const trustAnchors = [anchorOf(platform), anchorOf(second)];
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), theirs, { trustAnchors })), 'crl-issuer');
    const mixed = { ...collateral, pckCrl: theirs.pckCrl, pckCrlIssuerChain: theirs.pckCrlIssuerChain };
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), mixed, { trustAnchors })), 'crl-issuer');
  });

  test('of one trusted root above a part of the collateral, and of another above the rest, is refused with crl-issuer', async () => {
    const second = await makePlatform();
    const { qeIdentity, qeIdentitySignature, qeIdentityIssuerChain, pckCrl, pckCrlIssuerChain } =
      await second.collateral();
    const trustAnchors = [anchorOf(platform), anchorOf(second)];
    for (const part of [
      { qeIdentity, qeIdentitySignature, qeIdentityIssuerChain },
      { pckCrl, pckCrlIssuerChain },
    ]) {
      const verified = verifyIntelCollateral({ ...collateral, ...part }, { trustAnchors });
      assert.equal(verified.ok ? 'accepted' : verified.refusal.code, 'crl-issuer', Object.keys(part).join());
    }
  });

  test('whose authority another trusted root certified too is refused with the list of that root with crl-issuer', async () => {
    const certifiedTwice = await makePlatform({ keys: { ...platform.keys, root: other } });
    const trustAnchors = [anchorOf(platform), anchorOf(certifiedTwice)];
    const theirs = await certifiedTwice.collateral();
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), theirs, { trustAnchors })), 'crl-issuer');
    assert.equal(codeOfSgx(appraise(platform, certifiedTwice.quote(), theirs, { trustAnchors })), 'accepted');
  });
});

describe('a revocation list', () => {
  const { pck, pckCa, tcbSigning } = platform.certificates;

  test('that names the PCK certificate refuses it with certificate-revoked', async () => {
    assert.equal(await listed({ pckCrl: { revoked: ['01', serialOf(pck)] } }), 'certificate-revoked');
  });

  test('that names the PCK authority refuses it with certificate-revoked', async () => {
    assert.equal(await listed({ rootCaCrl: { revoked: [serialOf(pckCa)] } }), 'certificate-revoked');
  });

  test('that names a certificate of the PCK authority refuses it with certificate-revoked, whatever newer one its key has', async () => {
    const renewed = await platform.reissue({ pckCa: { serialNumber: '77' } });
    const revoking = await renewed.collateral({ rootCaCrl: { revoked: [serialOf(pckCa)] } });
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), revoking)), 'certificate-revoked');
    assert.equal(codeOfSgx(appraise(platform, renewed.quote(), revoking)), 'accepted');
  });

  test('that names the TCB signer refuses it with certificate-revoked', async () => {
    assert.equal(await listed({ rootCaCrl: { revoked: [serialOf(tcbSigning)] } }), 'certificate-revoked');
  });

  test('that names other certificates only refuses nothing', async () => {
    assert.equal(
      await listed({ rootCaCrl: { revoked: ['01'] }, pckCrl: { revoked: [serialOf(pckCa), '02'] } }),
      'accepted',
    );
  });

  for (const [name, change] of [
    ['root', (crl: CollateralOverrides['pckCrl']) => ({ rootCaCrl: crl ?? {} })],
    ['PCK', (crl: CollateralOverrides['pckCrl']) => ({ pckCrl: crl ?? {} })],
  ] as const) {
    test(`${name}: refused when another key signed it with crl-signature`, async () => {
      assert.equal(await listed(change({ signWith: other })), 'crl-signature');
    });

    test(`${name}: refused in another name with crl-issuer`, async () => {
      assert.equal(await listed(change({ issuer: 'CN=Somebody else' })), 'crl-issuer');
    });

    test(`${name}: refused without a next update with crl-malformed`, async () => {
      assert.equal(await listed(change({ nextUpdate: 'absent' })), 'crl-malformed');
    });

    test(`${name}: refused when it is not of version 2 with crl-malformed`, async () => {
      const mutate = (der: Buffer): Buffer => {
        const changed = Buffer.from(der);
        changed.writeUInt8(0, changed.indexOf(Buffer.from('020101', 'hex')) + 2);
        return changed;
      };
      assert.equal(await listed(change({ mutate })), 'crl-malformed');
    });

    test(`${name}: refused when signed with SHA-224 with certificate-signature-algorithm`, async () => {
      const mutate = replaceHex('06082a8648ce3d040302', '06082a8648ce3d040301');
      assert.equal(await listed(change({ mutate })), 'certificate-signature-algorithm');
    });

    test(`${name}: refused when a bit is flipped anywhere`, async () => {
      const lists = await platform.collateral(change({ revoked: ['0badc0de'] }));
      const part = name === 'root' ? 'rootCaCrl' : 'pckCrl';
      for (let offset = 0; offset < lists[part].length; offset += 1) {
        const flipped = Uint8Array.from(lists[part]);
        flipped[offset] = (flipped[offset] ?? 0) ^ (1 << (offset % 8));
        const outcome = verifyIntelCollateral({ ...lists, [part]: flipped }, { trustAnchors: [anchorOf(platform)] });
        assert.equal(outcome.ok, false, `offset ${offset}`);
      }
    });
  }

  const past = { thisUpdate: days(-60), nextUpdate: days(-30) };
  for (const [what, overrides, code] of [
    ['that names the PCK certificate', { pckCrl: { ...past, revoked: [serialOf(pck)] } }, 'certificate-revoked'],
    ['that names the PCK authority', { rootCaCrl: { ...past, revoked: [serialOf(pckCa)] } }, 'certificate-revoked'],
    ['of another key', { pckCrl: { ...past, signWith: other } }, 'crl-signature'],
    ['of another authority', { pckCrl: { ...past, issuer: 'CN=Somebody else', revoked: [serialOf(pck)] } }, 'accepted'],
    ['that names nothing and has expired', { pckCrl: past, rootCaCrl: past }, 'accepted'],
  ] as [string, CollateralOverrides, string][]) {
    test(`beside the newest one, ${what}: ${code}`, async () => {
      const { pckCrl, rootCaCrl } = await platform.collateral(overrides);
      const furtherRevocationLists = [pckCrl, rootCaCrl];
      assert.equal(codeOfSgx(appraise(platform, platform.quote(), { ...collateral, furtherRevocationLists })), code);
    });
  }

  test('of the other authority is refused with crl-issuer', async () => {
    const processor = await makePlatform({ ca: 'processor', keys: { ...platform.keys, pckCa: other } });
    const theirs = await processor.collateral();
    const mixed = { ...collateral, pckCrl: theirs.pckCrl, pckCrlIssuerChain: theirs.pckCrlIssuerChain };
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), mixed)), 'crl-issuer');
    assert.equal(
      codeOfSgx(appraise(platform, platform.quote(), { ...collateral, pckCrl: theirs.pckCrl })),
      'crl-issuer',
    );
  });

  test('that is empty bytes is no list: der-malformed', () => {
    assert.equal(
      codeOfSgx(appraise(platform, platform.quote(), { ...collateral, pckCrl: new Uint8Array() })),
      'der-malformed',
    );
  });
});

describe('a verification cache', () => {
  test('never outlives a date or a revocation: both are looked at in every appraisal', async () => {
    const cache = new VerificationCache();
    const quote = platform.quote();
    const revoked = await platform.collateral({ pckCrl: { revoked: [serialOf(platform.certificates.pck)] } });
    assert.equal(codeOfSgx(appraise(platform, quote, collateral, { cache })), 'accepted');
    assert.equal(codeOfSgx(appraise(platform, quote, revoked, { cache })), 'certificate-revoked');
    const late = { cache, at: days(3000), allowExpiredCollateral: true };
    assert.equal(codeOfSgx(appraise(platform, quote, collateral, late)), 'chain-expired');
  });

  test('never lends trust to another set of roots', () => {
    const cache = new VerificationCache();
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), collateral, { cache })), 'accepted');
    const renamed = [{ ...anchorOf(platform), name: 'production', development: false }];
    const value = accepted(appraise(platform, platform.quote(), collateral, { cache, trustAnchors: renamed }));
    assert.equal(value.developmentRoot, false);
  });

  test('never lends a signature to another QE report', () => {
    const cache = new VerificationCache();
    assert.equal(codeOfSgx(appraise(platform, platform.quote(), collateral, { cache })), 'accepted');
    const forged = platform.quote({ signQeReportWith: other });
    assert.equal(codeOfSgx(appraise(platform, forged, collateral, { cache })), 'qe-report-signature');
  });

  test('never lends a signature to the key of another platform', async () => {
    const cache = new VerificationCache();
    const attestationKey = generateEcKeys();
    const quote = platform.quote({ attestationKey });
    assert.equal(codeOfSgx(appraise(platform, quote, collateral, { cache })), 'accepted');
    const parsed = parseSgxEvidence(quote);
    assert.ok(parsed.ok);
    const { qeReportSignature } = parsed.value.quote;
    const { pck, pckCa, root } = (await makePlatform({ keys: { ...platform.keys, pck: other } })).certificates;
    for (const [chain, code] of [
      [platform.certificates.pck + pckCa + root, 'accepted'],
      [pck + pckCa + root, 'qe-report-signature'],
    ] as const) {
      const certification = { data: Buffer.from(chain) };
      const borrowing = platform.quote({ attestationKey, qeReportSignature, certification });
      assert.equal(codeOfSgx(appraise(platform, borrowing, collateral, { cache })), code);
    }
  });
});
