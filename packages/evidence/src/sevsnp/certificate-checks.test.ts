/** One thing is wrong with AMD's certificates or revocation list, and exactly that is refused. */

import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import type { AmdCertificateOverrides, EndorsementKeyFields } from '@atesto/testing/sevsnp';
import { type CrlOverrides, generateEcKeys } from '@atesto/testing/x509';
import { appraiseSnpBytes } from '../__fixtures__/appraise-bytes.ts';
import {
  acceptedCase,
  amdKeys,
  at,
  codeOfCase,
  days,
  makePlatform,
  milan,
  type SnpCase,
  turin,
} from '../__fixtures__/snp-platform.ts';
import type { SnpEndorsements } from '../advanced.ts';

const trustAnchors = [{ name: 'simulated root', spkiSha256: milan.rootFingerprint, development: true }];
const report = milan.report();
const faultless = await milan.endorsements();

function codeWith(endorsements: Partial<SnpEndorsements>): string {
  const outcome = appraiseSnpBytes(report, { ...faultless, ...endorsements }, { at, trustAnchors });
  return outcome.ok ? 'accepted' : outcome.refusal.code;
}

const reissued = async (certificates: AmdCertificateOverrides, more: SnpCase = {}): Promise<string> =>
  codeOfCase({ platform: await milan.reissue(certificates), ...more });

/** Overrides of the VCEK certificate's AMD extensions. */
const certifiedAs = async (vcek: Partial<EndorsementKeyFields>): Promise<string> =>
  codeOfCase({ platform: await makePlatform({ chipId: milan.state.chipId, vcek }) });

describe('the AMD extensions of the certificate', () => {
  test('a product with its stepping is the product', async () => {
    assert.equal(await certifiedAs({ productName: 'Milan-B0' }), 'accepted');
  });

  for (const productName of ['Rome', 'Milan2', 'milan', '']) {
    test(`product ${JSON.stringify(productName)} is refused`, async () => {
      assert.equal(await certifiedAs({ productName }), 'snp-product-unknown');
    });
  }

  test('another product than that of the root and of the report is refused', async () => {
    assert.equal(await certifiedAs({ productName: 'Genoa' }), 'snp-product-mismatch');
  });

  for (const [what, vcek, code] of [
    ['another chip', { hardwareId: Buffer.alloc(64, 1) }, 'snp-certificate-chip'],
    ['the first bytes of the chip id alone', { hardwareId: milan.state.chipId.slice(0, 16) }, 'snp-certificate-chip'],
    ['no chip', { hardwareId: undefined }, 'snp-certificate-extension'],
    ['a patch level above 255', { tcb: { ...milan.state.tcb, snp: 256 } }, 'snp-certificate-extension'],
  ] as const) {
    test(`${what} is refused`, async () => assert.equal(await certifiedAs(vcek), code));
  }

  test('the chip id may stand in an OCTET STRING of its own, which it fills', async () => {
    const chipId = Buffer.from(milan.state.chipId, 'hex');
    const wrapped = Buffer.concat([Buffer.of(0x04, 64), chipId]);
    assert.equal(await certifiedAs({ hardwareId: wrapped }), 'accepted');
    const another = Buffer.concat([Buffer.of(0x04, 64), Buffer.alloc(64, 1)]);
    assert.equal(await certifiedAs({ hardwareId: another }), 'snp-certificate-chip');
    assert.equal(await certifiedAs({ hardwareId: Buffer.concat([wrapped, Buffer.of(0)]) }), 'der-malformed');
    assert.equal(await certifiedAs({ hardwareId: Buffer.concat([Buffer.of(0x04, 8), chipId]) }), 'der-malformed');
  });

  test('a cloud provider makes it the certificate of a VLEK', async () => {
    assert.equal(await certifiedAs({ cspId: 'CN=provider.example' }), 'snp-certificate-issuer');
  });

  test('a Turin certificate without the level of the FMC is refused', async () => {
    const endorsements = await turin.endorsements();
    const { certificate } = await (
      await turin.reissue({ vcek: { extensions: [productNameAlone('Turin')] } })
    ).endorsements();
    const outcome = appraiseSnpBytes(turin.report(), { ...endorsements, certificate }, { at, trustAnchors });
    assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, 'snp-certificate-extension');
  });

  test('a key on another curve is refused', async () => {
    assert.equal(await reissued({ vcek: { key: generateEcKeys('P-256') } }), 'snp-certificate-key');
  });

  test('an RSA key is refused', async () => {
    assert.equal(await reissued({ vcek: { key: amdKeys.asvk } }), 'snp-certificate-key');
  });
});

/** The extension with the product's name, an IA5String, and no other. */
function productNameAlone(product: string) {
  const value = Buffer.concat([Buffer.of(0x16, product.length), Buffer.from(product, 'ascii')]);
  return { oid: '1.3.6.1.4.1.3704.1.2', critical: false, value };
}

describe('the chain', () => {
  const otherKeys = { ...amdKeys, ark: amdKeys.ask };

  test('of a VCEK under the authority of VLEKs, or the other way round, is refused', async () => {
    assert.equal(await reissued({ ask: { subject: 'CN=SEV-VLEK-Milan' } }), 'snp-certificate-issuer');
    const vlek: SnpCase = { report: { signingKey: 'VLEK' } };
    assert.equal(await reissued({ asvk: { subject: 'CN=SEV-Milan' } }, vlek), 'snp-certificate-issuer');
  });

  test('that ends in a root which is not pinned is refused, whatever its name', async () => {
    const platform = await makePlatform({ keys: otherKeys, chipId: milan.state.chipId });
    assert.equal(await codeOfCase({ platform, options: { trustAnchors } }), 'chain-root-untrusted');
    assert.equal(await codeOfCase({ options: { trustAnchors: [] } }), 'chain-root-untrusted');
  });

  test('is held to the pinned roots of AMD when the caller names none', async () => {
    const outcome = appraiseSnpBytes(report, faultless, { at });
    assert.equal(outcome.ok ? 'accepted' : outcome.refusal.code, 'chain-root-untrusted');
  });

  test('with a certificate too few or too many is refused', () => {
    const { ark, ask, vcek } = milan.certificates;
    assert.equal(codeWith({ authorityChain: ark }), 'chain-length');
    assert.equal(codeWith({ authorityChain: ask + ask + ark }), 'chain-length');
    assert.equal(codeWith({ certificate: vcek + ask }), 'chain-length');
  });

  test('takes the certificate in DER too', () => {
    assert.equal(
      codeWith({ certificate: new Uint8Array(new X509Certificate(milan.certificates.vcek).raw) }),
      'accepted',
    );
  });

  test('in the wrong order is refused', () => {
    const { ark, ask } = milan.certificates;
    assert.equal(codeWith({ authorityChain: ark + ask }), 'chain-root-untrusted');
  });

  for (const [what, certificates, code] of [
    ['whose VCEK certificate another key signed', { vcek: { signWith: amdKeys.asvk } }, 'chain-signature'],
    ['whose ASK another key signed', { ask: { signWith: amdKeys.asvk } }, 'chain-signature'],
    ['whose ARK another key signed', { ark: { signWith: amdKeys.asvk } }, 'chain-signature'],
    ['whose VCEK certificate names another issuer', { vcek: { issuer: 'CN=SEV-Genoa' } }, 'chain-name'],
    ['whose ASK names another issuer', { ask: { issuer: 'CN=ARK-Genoa' } }, 'chain-name'],
    ['whose ASK is no authority', { ask: { ca: false } }, 'chain-not-a-ca'],
    ['whose ASK may not sign certificates', { ask: { keyUsage: ['digitalSignature'] } }, 'chain-key-usage'],
    ['whose ARK allows no authority below it', { ark: { pathLength: 0 } }, 'chain-path-length'],
    [
      'with a critical extension that is not understood',
      { vcek: { extensions: [{ oid: '1.2.3.4', critical: true, value: Buffer.of(5, 0) }] } },
      'certificate-extension-unknown',
    ],
    [
      'with an algorithm that AMD does not use',
      { vcek: { scheme: { name: 'RSA-PSS', hash: 'SHA-512' } } },
      'certificate-signature-algorithm',
    ],
    ['with an expired VCEK certificate', { vcek: { notAfter: days(-1) } }, 'chain-expired'],
    ['with an expired ASK', { ask: { notAfter: days(-1) } }, 'chain-expired'],
    ['with an expired ARK', { ark: { notAfter: days(-1) } }, 'chain-expired'],
    ['with an ASK from the future', { ask: { notBefore: days(1) } }, 'chain-not-yet-valid'],
    ['with an ARK from the future', { ark: { notBefore: days(1) } }, 'chain-not-yet-valid'],
  ] as [string, AmdCertificateOverrides, string][]) {
    test(`${what} is refused`, async () => assert.equal(await reissued(certificates), code));
  }

  test('may have a VCEK certificate that was fetched after the time of appraisal', async () => {
    const platform = await milan.reissue({ vcek: { notBefore: days(30) } });
    const { endorsementKeyCertificate } = await acceptedCase({ platform });
    assert.deepEqual(endorsementKeyCertificate.notBefore, days(30));
  });
});

describe('the revocation list', () => {
  const serialOf = (pem: string): string => new X509Certificate(pem).serialNumber;

  for (const [what, crl, code] of [
    ['that names the ASK', { revoked: [serialOf(milan.certificates.ask)] }, 'certificate-revoked'],
    ['that names other certificates', { revoked: [serialOf(milan.certificates.asvk), '01'] }, 'accepted'],
    ['of another key', { signWith: amdKeys.ask }, 'crl-signature'],
    ['of another authority', { issuer: 'CN=ARK-Genoa' }, 'crl-issuer'],
    ['from the future', { thisUpdate: days(1) }, 'crl-not-yet-valid'],
    ['past its next update', { thisUpdate: days(-3), nextUpdate: days(-1) }, 'collateral-expired'],
    ['without a next update', { nextUpdate: 'absent' }, 'crl-malformed'],
    ['that is cut off', { mutate: (der) => der.subarray(0, -1) }, 'der-malformed'],
  ] as [string, CrlOverrides, string][]) {
    test(`${what}: ${code}`, async () => assert.equal(await codeOfCase({ crl }), code));
  }

  const past = { thisUpdate: days(-60), nextUpdate: days(-30) };
  for (const [what, crl, code] of [
    ['that names the ASK', { ...past, revoked: [serialOf(milan.certificates.ask)] }, 'certificate-revoked'],
    ['of another key', { ...past, signWith: amdKeys.ask }, 'crl-signature'],
    [
      'of another authority',
      { ...past, issuer: 'CN=ARK-Genoa', revoked: [serialOf(milan.certificates.ask)] },
      'accepted',
    ],
    ['that names nothing and has expired', past, 'accepted'],
  ] as [string, CrlOverrides, string][]) {
    test(`beside the newest one, ${what}: ${code}`, async () => {
      const { revocationList } = await milan.endorsements('VCEK', { crl });
      assert.ok(revocationList instanceof Uint8Array);
      assert.equal(codeWith({ furtherRevocationLists: [revocationList] }), code);
    });
  }

  test('that names the ASVK revokes VLEKs', async () => {
    const crl = { revoked: [serialOf(milan.certificates.asvk)] };
    assert.equal(await codeOfCase({ report: { signingKey: 'VLEK' }, crl }), 'certificate-revoked');
  });

  test('past its next update is used and reported where the caller allows it', async () => {
    const crl = { thisUpdate: days(-3), nextUpdate: days(-1) };
    const { revocation, revocationListExpired } = await acceptedCase({
      crl,
      options: { allowExpiredCollateral: true },
    });
    assert.deepEqual([revocation, revocationListExpired], ['checked', true]);
  });

  test('may be left out by a decision that the appraisal reports', async () => {
    const { revocation, revocationListExpired } = await acceptedCase({ crl: 'unchecked' });
    assert.deepEqual([revocation, revocationListExpired], ['unchecked', false]);
  });

  test('of an ARK that may not sign lists is refused', async () => {
    assert.equal(await reissued({ ark: { keyUsage: ['keyCertSign'] } }), 'chain-key-usage');
  });
});
