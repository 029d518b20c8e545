/** SEV-SNP guests through the whole service: simulated ones with what each setting refuses, real ones at their own time. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import type { SnpEndorsementSource } from '@atesto/endorsements';
import { createVerifier } from '@atesto/relying-party';
import { reportDataOf, type SnpReportFields } from '@atesto/testing/sevsnp';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { base64url, claimsOf, refusalOf } from '../../__fixtures__/enclave.ts';
import { endorsementCaFile, serveKds } from '../../__fixtures__/endorsement-service.ts';
import { serve } from '../../__fixtures__/service.ts';
import {
  amdSource,
  builder,
  documentOf,
  machine,
  measurement,
  reportOf,
  serveGuests,
  turin,
} from '../../__fixtures__/snp-guest.ts';
import type { ServiceSettings } from '../../config/schema.ts';

const service = await serveGuests();
const report = reportOf();
const { ark, ask, asvk, vcek, vlek } = machine.certificates;
const data = Buffer.from('held by the guest');
const sent = { data: base64url(data), dataType: 'Binary' };
const defaultPolicyHash = '9NY0VnTQ-IiBriBplVUpFbczcDaEBUwsiFYAzHu_gco';
const attested = (fields: Partial<SnpReportFields>, more: object = {}, by = service) =>
  by.attest('SevSnpVm', { report: reportOf({ fields }), ...more });

describe('a simulated guest', () => {
  test('gets a token with the claims of Azure Attestation, and only with them', async () => {
    const claims = claimsOf(await service.attest('SevSnpVm', { report }));
    const names = [
      ...['authorkeydigest', 'bootloader-svn', 'familyId', 'guestsvn', 'hostdata', 'idkeydigest', 'imageId'],
      ...['is-debuggable', 'launchmeasurement', 'microcode-svn', 'migration-allowed', 'reportdata', 'reportid'],
      ...['smt-allowed', 'snpfw-svn', 'tee-svn', 'vmpl'],
    ].map((name) => `x-ms-sevsnpvm-${name}`);
    const others = [
      ...['iss', 'iat', 'nbf', 'exp', 'jti', 'x-ms-ver', 'x-ms-attestation-type', 'x-ms-policy-hash'],
      'x-atesto-development-root',
    ];
    assert.deepEqual(Object.keys(claims).sort(), [...names, ...others].sort());
    assert.equal(claims['x-ms-attestation-type'], 'sevsnpvm');
    assert.equal(claims['x-ms-policy-hash'], defaultPolicyHash);
    assert.equal(claims['x-ms-sevsnpvm-launchmeasurement'], measurement);
    assert.equal(claims['x-ms-sevsnpvm-microcode-svn'], 219);
    assert.equal(claims['x-ms-sevsnpvm-is-debuggable'], false);
  });

  test('is attested bare and in a document, from all api-versions, under its path in any case', async () => {
    const document = documentOf(machine.report(), { certificates: vcek + ask + ark });
    for (const evidence of [report, documentOf(machine.report()), document]) {
      assert.equal((await service.attest('SevSnpVm', { report: evidence })).status, 200);
    }
    for (const version of ['2020-10-01', '2022-08-01', '2022-09-01-preview', '2025-06-01']) {
      assert.equal((await service.attest('sevsnpvm', { Report: report }, { version })).status, 200, version);
    }
  });

  test('under the key of a cloud provider brings that key’s certificate', async () => {
    const signed = machine.report({ signingKey: 'VLEK' });
    const document = documentOf(signed, { certificates: vlek + asvk + ark });
    assert.equal((await service.attest('SevSnpVm', { report: document })).status, 200);
    const without = await service.attest('SevSnpVm', { report: base64url(signed) });
    assert.deepEqual(refusalOf(without).at(2), 'vlek-certificate-missing');
  });

  test('brings certificates of both kinds of keys, and the one that its report names is taken', async () => {
    for (const signingKey of ['VCEK', 'VLEK'] as const) {
      for (const certificates of [vcek + vlek + ask + asvk + ark, ark + asvk + ask + vlek + vcek]) {
        const document = documentOf(machine.report({ signingKey }), { certificates });
        assert.equal((await service.attest('SevSnpVm', { report: document })).status, 200, signingKey);
      }
    }
  });

  test('is attested by reports of versions 2 to 5', async () => {
    const statuses = [1, 2, 3, 4, 5, 6].map(async (version) => {
      const document = documentOf(machine.report({ fields: { version } }), { certificates: vcek + ask + ark });
      return (await service.attest('SevSnpVm', { report: document })).status;
    });
    assert.deepEqual(await Promise.all(statuses), [400, 200, 200, 200, 200, 400]);
  });

  test('of Turin has its versions from the other layout', async () => {
    const turins = await serveGuests({}, { amdEndorsements: amdSource(turin) });
    const claims = claimsOf(await turins.attest('SevSnpVm', { report: base64url(turin.report()) }));
    assert.deepEqual(
      ['bootloader', 'tee', 'snpfw', 'microcode'].map((part) => claims[`x-ms-sevsnpvm-${part}-svn`]),
      [1, 1, 4, 81],
    );
  });

  test('gets a token that a relying party accepts when it expects what the guest is', async () => {
    const answer = await service.attest('SevSnpVm', { report, nonce: 'n-1' });
    const { token } = JSON.parse(answer.text);
    const { keys } = JSON.parse((await service.call('/certs')).text);
    const verifierOf = (launchMeasurement: string) =>
      createVerifier({
        issuers: [service.url],
        keySets: { [service.url]: { keys } },
        expectations: {
          attestationType: 'SevSnpVm',
          launchMeasurement,
          minimumGuestSvn: 0,
          policyHash: defaultPolicyHash,
          nonce: { equals: 'n-1' },
          runtimeData: 'any',
          developmentRoot: 'any',
        },
      });
    const verdict = await verifierOf(measurement).verify(token);
    assert.ok(verdict.ok, JSON.stringify(verdict));
    assert.equal((await verifierOf('00'.repeat(48)).verify(token)).ok, false);
  });

  test('has its runtime data in the token, and is refused with other data', async () => {
    const json = Buffer.from('{"vm-configuration":{"secure-boot":true},"keys":[]}');
    const runtimeData = { data: base64url(json), dataType: 'JSON' };
    const bound = await attested({ reportData: reportDataOf(json) }, { runtimeData });
    assert.deepEqual(claimsOf(bound)['x-ms-runtime'], { 'vm-configuration': { 'secure-boot': true }, keys: [] });
    const binary = await attested({ reportData: reportDataOf(data) }, { runtimeData: sent });
    assert.equal(claimsOf(binary)['x-ms-sgx-ehd'], base64url(data));
    const refused = await attested({}, { runtimeData: sent });
    assert.deepEqual(refusalOf(refused), [400, 'InvalidParameter', 'snp-runtime-data']);
  });

  test('has the init-time data that its host data commit to, and is refused with others', async () => {
    const hostData = reportDataOf(data).subarray(0, 32);
    const bound = await attested({ hostData }, { initTimeData: sent });
    assert.equal(claimsOf(bound)['x-ms-inittime'], base64url(data));
    const refused = await attested({}, { initTimeData: sent });
    assert.deepEqual(refusalOf(refused), [400, 'InvalidParameter', 'snp-init-time-data']);
  });
});

/** What the Go sidecar of confidential containers sends: padded base64url, empty data members, tabs and line ends in the document. */
test('is attested as the sidecar of confidential containers sends it', async () => {
  const padded = (bytes: Uint8Array | string): string =>
    Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const json = '{"keys":[{"kid":"k"}]}';
  const evidence = machine.report({ fields: { reportData: reportDataOf(Buffer.from(json)) } });
  const uvm = padded(JSON.stringify({ Uvm: [padded(builder.endorse({ measurement }))] }));
  const document = `\n{\t"SnpReport":"${padded(evidence)}",\r\n  "VcekCertChain" : "${padded(`${vcek}${ask}${ark}\n`)}",\n"Endorsements":"${uvm}"}\n`;
  const answer = await service.attest('SevSnpVm', {
    report: padded(document),
    runtimeData: { data: padded(json), dataType: 'JSON' },
    initTimeData: { data: '', dataType: '' },
    nonce: 0,
  });
  assert.deepEqual(claimsOf(answer)['x-ms-runtime'], { keys: [{ kid: 'k' }] });
  const empty = { data: '', dataType: '' };
  const bare = await service.attest('SevSnpVm', { report: padded(document), runtimeData: empty, initTimeData: empty });
  assert.equal(bare.status, 200, bare.text);
});

type Baseline = NonNullable<NonNullable<NonNullable<ServiceSettings['provider']>['baseline']>['sevsnp']>;

describe('the baseline of the settings', () => {
  for (const [what, sevsnp, fields, code] of [
    ['a least TCB of the product', { minimumTcb: { Milan: { snp: 25 } } }, {}, 'snp-baseline-tcb'],
    ['products that it names', { productsWithoutMinimum: 'refuse' }, {}, 'snp-baseline-product'],
    ['no debugging', { allowDebug: false }, { debug: true }, 'snp-baseline-debug'],
    ['no migration agent', { allowMigration: false }, { policy: 0x70000n }, 'snp-baseline-migration'],
    ['no multithreading', { allowSmt: false }, {}, 'snp-baseline-smt'],
    ['a privilege level', { maximumVmpl: 0 }, { vmpl: 1 }, 'snp-baseline-vmpl'],
  ] as [string, Baseline, Partial<SnpReportFields>, string][]) {
    test(`may demand ${what}`, async () => {
      const strict = await serveGuests({ provider: { baseline: { sevsnp } } });
      assert.deepEqual(refusalOf(await attested(fields, {}, strict)), [400, 'InvalidParameter', code]);
      assert.equal((await attested(fields)).status, 200);
    });
  }

  test('is met by a machine that reports at least the TCB of its product', async () => {
    const minimumTcb = { Milan: { bootLoader: 4, tee: 0, snp: 24, microcode: 219 }, Genoa: { snp: 255 } };
    const strict = await serveGuests({
      provider: { baseline: { sevsnp: { minimumTcb, productsWithoutMinimum: 'refuse' } } },
    });
    assert.equal((await attested({}, {}, strict)).status, 200);
  });
});

type Values = NonNullable<NonNullable<NonNullable<ServiceSettings['provider']>['referenceValues']>['sevsnp']>;
const serveKnown = (sevsnp: Values) => serveGuests({ provider: { referenceValues: { sevsnp } } });
const endorser = { issuer: builder.issuer, feed: 'ContainerPlat-AMD-UVM', minimumSvn: 100 };

describe('reference values of the settings', () => {
  test('give a guest that they know its compliance status, in any case of their digits', async () => {
    const known = await serveKnown([
      { complianceStatus: 'azure-compliant-uvm', uvm: endorser },
      { complianceStatus: 'azure-compliant-cvm', measurements: [measurement.toUpperCase()] },
    ]);
    const claims = claimsOf(await attested({}, {}, known));
    assert.equal(claims['x-ms-compliance-status'], 'azure-compliant-cvm');
    const other = claimsOf(await attested({ measurement: '00'.repeat(48) }, {}, known));
    assert.equal('x-ms-compliance-status' in other, false);
    const debug = claimsOf(await attested({ debug: true }, {}, known));
    assert.equal('x-ms-compliance-status' in debug, false);
  });

  test('know software below the most privileged level only where an entry says so', async () => {
    const entry = { complianceStatus: 'mine', measurements: [measurement] };
    const [strict, lenient] = [await serveKnown([entry]), await serveKnown([{ ...entry, maximumVmpl: 2 }])];
    const statusAt = async (vmpl: number, by: typeof strict) =>
      claimsOf(await attested({ vmpl }, {}, by))['x-ms-compliance-status'];
    assert.deepEqual([await statusAt(0, strict), await statusAt(1, strict)], ['mine', undefined]);
    assert.deepEqual([await statusAt(2, lenient), await statusAt(3, lenient)], ['mine', undefined]);
    await assert.rejects(serveKnown([{ ...entry, maximumVmpl: 4 }]), /provider\.referenceValues\.sevsnp/);
  });

  test('know a guest by the key of its ID block and by its host data', async () => {
    const known = await serveKnown([
      { complianceStatus: 'mine', idKeyDigests: ['ab'.repeat(48)], hostData: ['cd'.repeat(32)], minimumGuestSvn: 2 },
    ]);
    const fields = { idKeyDigest: 'ab'.repeat(48), hostData: 'cd'.repeat(32), guestSvn: 2 };
    assert.equal(claimsOf(await attested(fields, {}, known))['x-ms-compliance-status'], 'mine');
    for (const other of [{ guestSvn: 1 }, { hostData: '00'.repeat(32) }, { idKeyDigest: '00'.repeat(48) }]) {
      const claims = claimsOf(await attested({ ...fields, ...other }, {}, known));
      assert.equal('x-ms-compliance-status' in claims, false);
    }
  });

  test('know a utility VM by who endorses it, and refuse an endorsement that does not hold', async () => {
    const known = await serveKnown([{ complianceStatus: 'azure-compliant-uvm', uvm: endorser }]);
    const attest = (uvm: Uint8Array) =>
      known.attest('SevSnpVm', { report: documentOf(machine.report(), { uvm: [uvm] }) });
    for (const form of ['json', 'hash-envelope'] as const) {
      const claims = claimsOf(await attest(builder.endorse({ measurement, form })));
      assert.equal(claims['x-ms-compliance-status'], 'azure-compliant-uvm');
      assert.deepEqual(claims['x-atesto-uvm-endorsement'], {
        issuer: builder.issuer,
        feed: endorser.feed,
        svn: 101,
        signerValidAt: 'appraisal',
      });
    }
    const old = await attest(builder.endorse({ measurement, svn: 99 }));
    assert.deepEqual(refusalOf(old), [400, 'InvalidParameter', 'uvm-svn']);
  });

  test('are in reach of the policy', async () => {
    const known = await serveKnown([{ complianceStatus: 'mine', measurements: [measurement] }]);
    const draftPolicyForAttestation =
      'version=1.0; authorizationrules { c:[type=="x-ms-compliance-status", value=="mine"] => permit(); };';
    assert.equal((await attested({}, { draftPolicyForAttestation }, known)).status, 200);
    const refused = await attested({ debug: true }, { draftPolicyForAttestation }, known);
    assert.deepEqual(refusalOf(refused), [400, 'PolicyEvaluationError', 'policy-denied']);
  });

  test('name one way to know a guest each', async () => {
    const faulty = [
      { complianceStatus: 'none' },
      { complianceStatus: 'two', measurements: [measurement], uvm: endorser },
      { complianceStatus: '', measurements: [measurement] },
      { complianceStatus: 'short', measurements: ['00'] },
      { complianceStatus: 'empty', measurements: [] },
    ];
    for (const value of faulty) {
      await assert.rejects(serveKnown([value]), /provider\.referenceValues\.sevsnp/, value.complianceStatus);
    }
  });
});

describe('what came of AMD', () => {
  const serveWith = (source: SnpEndorsementSource, settings: ServiceSettings = {}) =>
    serveGuests(settings, { amdEndorsements: source });
  const listed = async (crl: object): Promise<SnpEndorsementSource> => {
    const collateral = await machine.endorsements('VCEK', { crl });
    return { get: async () => ({ ok: true, value: { collateral } }) };
  };
  const past = { thisUpdate: new Date(Date.now() - 3 * 86_400_000), nextUpdate: new Date(Date.now() - 86_400_000) };

  test('a revoked ASK is refused', async () => {
    const revoking = await serveWith(await listed({ revoked: [new X509Certificate(ask).serialNumber] }));
    assert.deepEqual(refusalOf(await revoking.attest('SevSnpVm', { report })).at(2), 'certificate-revoked');
  });

  test('a list past its next update is refused, or used within the operator’s grace and told', async () => {
    const source = await listed(past);
    const strict = await serveWith(source);
    assert.deepEqual(refusalOf(await strict.attest('SevSnpVm', { report })).at(2), 'collateral-expired');
    const lenient = await serveWith(source, { endorsements: { amd: { staleGraceSeconds: 7 * 86_400 } } });
    assert.deepEqual(claimsOf(await lenient.attest('SevSnpVm', { report }))['x-atesto-expired-collateral'], [
      'amd_crl',
    ]);
  });

  test('a missing list is refused, or told where the operator does without', async () => {
    const collateral = { ...(await machine.endorsements()), revocationList: 'unchecked' } as const;
    const source: SnpEndorsementSource = { get: async () => ({ ok: true, value: { collateral } }) };
    const strict = await serveWith(source);
    assert.deepEqual(refusalOf(await strict.attest('SevSnpVm', { report })).at(2), 'snp-baseline-revocation');
    const lenient = await serveWith(source, { endorsements: { amd: { revocationList: 'when-there' } } });
    assert.equal(claimsOf(await lenient.attest('SevSnpVm', { report }))['x-atesto-revocation'], 'unchecked');
  });

  test('is asked for by the chip that a bare report names, once for many reports', async () => {
    const kds = await serveKds({ contents: machine });
    const amd = { url: kds.url, caFile: endorsementCaFile };
    const trusting = { provider: { trustAnchors: [machine.rootFingerprint] } };
    const fetching = await serve({ ...trusting, endorsements: { amd } });
    for (const nonce of ['first', 'second']) {
      const claims = claimsOf(await fetching.attest('SevSnpVm', { report, nonce }));
      assert.equal(claims['x-ms-sevsnpvm-launchmeasurement'], measurement);
    }
    const asked = kds.requests.map((target) => new URL(target, kds.url).pathname);
    const paths = ['cert_chain', 'crl', machine.state.chipId].map((name) => `/vcek/v1/Milan/${name}`);
    assert.deepEqual(asked.sort(), paths.sort());
    const other = await fetching.attest('SevSnpVm', { report: reportOf({ fields: { chipId: '11'.repeat(64) } }) });
    assert.equal(other.status, 400, other.text);
  });

  test('the certificate of another chip is refused', async () => {
    const other = machine.report({ fields: { chipId: '11'.repeat(64) } });
    const answer = await service.attest('SevSnpVm', { report: documentOf(other, { certificates: vcek }) });
    assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'snp-certificate-chip']);
  });
});

describe('bad evidence', () => {
  for (const [what, bytes, code] of [
    ['that is cut off', machine.report().subarray(0, 1000), 'snp-report-size'],
    ['in a document that is cut off', Buffer.from('{"SnpReport":'), 'snp-evidence-malformed'],
    [
      'whose certificates are none',
      Buffer.from(documentOf(machine.report(), { certificates: 'x' }), 'base64url'),
      'pem-malformed',
    ],
    ['signed by another key', machine.report({ signWith: machine.keys.vlek }), 'snp-signature'],
  ] as const) {
    test(`${what} is refused`, async () => {
      const answer = await service.attest('SevSnpVm', { report: base64url(bytes) });
      assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', code]);
    });
  }

  test('of an enclave is refused, and a report at SgxEnclave', async () => {
    assert.deepEqual(refusalOf(await service.attest('SgxEnclave', { quote: report })).slice(0, 2), [
      400,
      'InvalidParameter',
    ]);
    const quote = base64url(Buffer.concat([Buffer.of(3, 0, 2, 0), Buffer.alloc(2000)]));
    assert.deepEqual(refusalOf(await service.attest('SevSnpVm', { report: quote })).at(2), 'snp-report-size');
  });
});

describe('real SEV-SNP evidence', { skip: vectorsMissing('sevsnp') }, () => {
  const caOf = (subject: string): string => readVector('sevsnp', 'amd-ca', `${subject}.pem`).toString();

  for (const name of vectorCases('sevsnp')) {
    test(`${name}: attested with the certificates of the request, or refused as expected`, async () => {
      const expected = readVectorJson('sevsnp', name, 'expected.json');
      const file = existsSync(vectorPath('sevsnp', name, 'vlek.pem')) ? 'vlek.pem' : 'vcek.pem';
      const { issuer } = Object(expected.endorsementKeyCertificate);
      const certificates = readVector('sevsnp', name, file) + caOf(issuer) + caOf(`ARK-${expected.product}`);
      const at = new Date(String(expected.verificationTime));
      const real = await serve({ endorsements: { amd: { revocationList: 'when-there' } } }, { clock: () => at });
      const evidence = readVector('sevsnp', name, 'report.bin');
      const answer = await real.attest('SevSnpVm', { report: documentOf(evidence, { certificates }) });
      if (expected.verdict !== 'valid') {
        return assert.deepEqual(refusalOf(answer), [400, 'InvalidParameter', 'chain-signature']);
      }
      const claims = claimsOf(answer);
      const facts = new Map<string, unknown>(Object.entries(Object(expected.report)));
      const policy = Object(facts.get('policy'));
      assert.equal(claims['x-atesto-development-root'], undefined);
      assert.equal(claims['x-atesto-revocation'], 'unchecked');
      assert.equal(claims['x-ms-sevsnpvm-is-debuggable'], policy.debugAllowed);
      assert.equal(claims['x-ms-sevsnpvm-migration-allowed'], policy.migrationAgentAllowed);
      assert.equal(claims['x-ms-sevsnpvm-smt-allowed'], policy.smtAllowed);
      for (const [claim, fact] of [
        ['launchmeasurement', 'measurement'],
        ['reportdata', 'reportData'],
        ['hostdata', 'hostData'],
        ['idkeydigest', 'idKeyDigest'],
        ['authorkeydigest', 'authorKeyDigest'],
        ['reportid', 'reportId'],
        ['familyId', 'familyId'],
        ['imageId', 'imageId'],
        ['guestsvn', 'guestSvn'],
        ['vmpl', 'vmpl'],
      ] as const) {
        assert.equal(claims[`x-ms-sevsnpvm-${claim}`], facts.get(fact), claim);
      }
    });
  }
});
