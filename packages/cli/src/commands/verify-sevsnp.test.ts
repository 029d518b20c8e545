/** `atesto verify sevsnp` gives the expected facts of real evidence, and refuses with the code of the check that fails. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { writeSnpDocument } from '@atesto/client';
import {
  createSimulatedSnpPlatform,
  createSimulatedUvmSigner,
  generateAmdKeys,
  reportDataOf,
} from '@atesto/testing/sevsnp';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory, temporaryFile } from '../__fixtures__/directory.ts';

async function refusalOf(args: readonly string[]): Promise<[number, unknown]> {
  const { exitCode, stdout } = await runCli([...args, '--json']);
  const verdict: Record<string, unknown> = JSON.parse(stdout);
  assert.equal(verdict.verdict, 'refused');
  assert.equal(typeof verdict.reason, 'string');
  return [exitCode, verdict.code];
}

const caOf = (subject: string): string => vectorPath('sevsnp', 'amd-ca', `${subject}.pem`);

/** The call for a case, with the authorities in the order that is given. */
function callFor(name: string, order: readonly ('ARK' | 'issuer')[]): string[] {
  const { endorsementKeyCertificate, product, verificationTime } = readVectorJson('sevsnp', name, 'expected.json');
  const file = existsSync(vectorPath('sevsnp', name, 'vlek.pem')) ? 'vlek.pem' : 'vcek.pem';
  const subjects = { ARK: `ARK-${product}`, issuer: String(Object(endorsementKeyCertificate).issuer) };
  return [
    ...['verify', 'sevsnp', vectorPath('sevsnp', name, 'report.bin')],
    ...['--certificate', vectorPath('sevsnp', name, file)],
    ...order.flatMap((which) => ['--ca', caOf(subjects[which])]),
    ...['--at', String(verificationTime)],
  ];
}

/** The first case is a process, as users run it; the others run inside the test, which is several times as fast. */
const [first] = vectorCases('sevsnp');
const runAs = (name: string) => (name === first ? spawnCli : runCli);

describe('atesto verify sevsnp over real evidence', { skip: vectorsMissing('sevsnp') }, () => {
  for (const name of vectorCases('sevsnp')) {
    test(`${name}: prints the expected facts, and ends with 0 where the evidence is genuine`, async () => {
      const expected = readVectorJson('sevsnp', name, 'expected.json');
      const { exitCode, stdout, stderr } = await runAs(name)([...callFor(name, ['issuer', 'ARK']), '--json']);
      const { reason, ...verdict } = JSON.parse(stdout);
      const isValid = expected.verdict === 'valid';
      assert.deepEqual([stderr, exitCode, typeof reason], ['', isValid ? 0 : 1, isValid ? 'object' : 'string']);
      assert.deepEqual(verdict, {
        verdict: isValid ? 'valid' : 'refused',
        code: isValid ? null : 'chain-signature',
        product: expected.product,
        endorsementKeyCertificate: expected.endorsementKeyCertificate,
        revocation: isValid ? 'unchecked' : null,
        evidence: expected.report,
      });
    });
  }

  test('takes the authorities in any order and among others', async () => {
    const args = callFor('v3-genoa-vcek', ['ARK', 'issuer']);
    const others = ['ARK-Milan', 'SEV-Milan', 'SEV-VLEK-Genoa'].flatMap((subject) => ['--ca', caOf(subject)]);
    assert.equal((await runCli([...args, ...others])).exitCode, 0);
  });

  test('refuses when an authority is missing, or of another product', async () => {
    assert.deepEqual(await refusalOf(callFor('v3-genoa-vcek', ['issuer'])), [1, 'chain-length']);
    const args = [...callFor('v3-genoa-vcek', []), '--ca', caOf('SEV-Milan'), '--ca', caOf('ARK-Milan')];
    assert.deepEqual(await refusalOf(args), [1, 'chain-length']);
  });

  test('refuses the genuine certificate of another chip', async () => {
    const args = callFor('v3-milan-vcek', ['issuer', 'ARK']);
    args[args.indexOf('--certificate') + 1] = vectorPath('sevsnp', 'v2-milan-debug', 'vcek.pem');
    assert.deepEqual(await refusalOf(args), [1, 'snp-signature']);
  });

  test('refuses truncated evidence', async () => {
    const args = callFor('v5-turin-vcek', ['issuer', 'ARK']);
    args[2] = temporaryFile('report.bin', readVector('sevsnp', 'v5-turin-vcek', 'report.bin').subarray(0, 700));
    assert.deepEqual(await refusalOf(args), [1, 'snp-report-size']);
  });

  test('refuses a report whose certificate had expired', async () => {
    const args = callFor('v3-milan-vlek', ['issuer', 'ARK']);
    args[args.indexOf('--at') + 1] = '2026-06-01';
    assert.deepEqual(await refusalOf(args), [1, 'chain-expired']);
  });
});

describe('atesto verify sevsnp over simulated evidence', async () => {
  const at = new Date('2026-06-01T00:00:00Z');
  const platform = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
  const { ark, ask, vcek } = platform.certificates;
  const data = Buffer.from('held by the guest');
  const digest = reportDataOf(data);
  const fields = { reportData: digest, hostData: digest.subarray(0, 32) };
  const report = platform.report({ fields });
  const document = (certificateChain: string): string =>
    temporaryFile('document.json', writeSnpDocument({ report, certificateChain }));
  const files = {
    report: temporaryFile('report.bin', report),
    vcek: temporaryFile('vcek.pem', vcek),
    der: temporaryFile('vcek.der', new X509Certificate(vcek).raw),
    chain: temporaryFile('chain.pem', `# from AMD\n${ask}${ark}`),
    crl: temporaryFile('list.crl', await platform.revocationList()),
    data: temporaryFile('data.bin', data),
    other: temporaryFile('other.bin', 'other'),
  };
  const trusted = ['--development-root', platform.rootFingerprint, '--at', at.toISOString()];
  const certified = ['--certificate', files.vcek, '--ca', files.chain];
  const call = (...more: string[]): string[] => ['verify', 'sevsnp', files.report, ...certified, ...trusted, ...more];

  test('refuses a root that is not AMD’s unless it is given', async () => {
    const untrusted = ['verify', 'sevsnp', files.report, ...certified, '--at', at.toISOString()];
    assert.deepEqual(await refusalOf(untrusted), [1, 'chain-root-untrusted']);
    assert.equal((await runCli(call())).exitCode, 0);
  });

  test('takes the certificate in DER, and all of a document', async () => {
    const der = ['verify', 'sevsnp', files.report, '--certificate', files.der, '--ca', files.chain, ...trusted];
    assert.equal((await runCli(der)).exitCode, 0);
    assert.equal((await runCli(['verify', 'sevsnp', document(vcek + ask + ark), ...trusted])).exitCode, 0);
    const completed = ['verify', 'sevsnp', document(vcek), '--ca', files.chain, ...trusted];
    assert.equal((await runCli(completed)).exitCode, 0);
    assert.equal(
      (await runCli(['verify', 'sevsnp', document(vcek + ask + ark), ...certified, ...trusted])).exitCode,
      0,
    );
  });

  test('refuses without a certificate, and with files that hold none', async () => {
    assert.deepEqual(await refusalOf(['verify', 'sevsnp', files.report, ...trusted]), [1, 'chain-length']);
    const junk = ['verify', 'sevsnp', files.report, '--certificate', files.other, '--ca', files.chain, ...trusted];
    assert.deepEqual(await refusalOf(junk), [1, 'pem-malformed']);
  });

  test('accepts the data that the report commits to, and refuses others', async () => {
    assert.equal((await runCli(call('--runtime-data', files.data, '--init-time-data', files.data))).exitCode, 0);
    assert.deepEqual(await refusalOf(call('--runtime-data', files.other)), [1, 'snp-runtime-data']);
    const init = ['--runtime-data', files.data, '--init-time-data', files.other];
    assert.deepEqual(await refusalOf(call(...init)), [1, 'snp-init-time-data']);
  });

  test('looks at the revocation list that is given', async () => {
    const revocationOf = async (...more: string[]): Promise<unknown> =>
      JSON.parse((await runCli(call('--json', ...more))).stdout).revocation;
    assert.equal(await revocationOf(), 'unchecked');
    assert.equal(await revocationOf('--crl', files.crl), 'checked');
    const revoked = await platform.revocationList({ crl: { revoked: [new X509Certificate(ask).serialNumber] } });
    assert.deepEqual(await refusalOf(call('--crl', temporaryFile('r.crl', revoked))), [1, 'certificate-revoked']);
    const old = temporaryFile('old.crl', await platform.revocationList({ at: new Date('2025-01-01T00:00:00Z') }));
    assert.deepEqual(await refusalOf(call('--crl', old)), [1, 'collateral-expired']);
    assert.equal(await revocationOf('--crl', old, '--allow-expired-collateral'), 'expired');
  });

  test('of several revocation lists the newest dates and all revoke, whatever their order and form', async () => {
    const day = 86_400_000;
    const serial = new X509Certificate(ask).serialNumber;
    const dates = { thisUpdate: new Date(at.getTime() - 20 * day), nextUpdate: new Date(at.getTime() + 60 * day) };
    const lastMonth = temporaryFile('m.crl', await platform.revocationList({ crl: dates }));
    const der = Buffer.from(
      await platform.revocationList({
        crl: { thisUpdate: at, nextUpdate: new Date(at.getTime() + day), revoked: [serial] },
      }),
    );
    const pem = `-----BEGIN X509 CRL-----\n${der.toString('base64')}\n-----END X509 CRL-----\n`;
    const emergency = temporaryFile('e.pem', pem);
    assert.deepEqual(await refusalOf(call('--crl', emergency, '--crl', lastMonth)), [1, 'certificate-revoked']);
    assert.deepEqual(await refusalOf(call('--crl', lastMonth, '--crl', emergency)), [1, 'certificate-revoked']);
    assert.equal((await runCli(call('--crl', lastMonth, '--crl', files.crl))).exitCode, 0);
    const later = [
      ...call('--crl', lastMonth, '--crl', emergency),
      '--at',
      new Date(at.getTime() + 5 * day).toISOString(),
    ];
    assert.deepEqual(await refusalOf(later), [1, 'collateral-expired']);
    assert.equal((await runCli(call('--crl', files.other))).exitCode, 2);
  });

  test('asks who vouches for the utility VM, in a file or in the document', async () => {
    const signer = await createSimulatedUvmSigner({ at });
    const measurement = Buffer.from(report.subarray(144, 192));
    const endorsement = signer.endorse({ measurement, svn: 104 });
    const file = temporaryFile('uvm.cose', endorsement);
    const asked = ['--uvm-issuer', signer.issuer, '--uvm-feed', 'ContainerPlat-AMD-UVM'];
    const { exitCode, stdout } = await runCli(call(...asked, '--uvm-svn', '104', '--uvm-endorsement', file, '--json'));
    assert.equal(exitCode, 0);
    assert.deepEqual(JSON.parse(stdout).uvm, {
      issuer: signer.issuer,
      feed: 'ContainerPlat-AMD-UVM',
      svn: 104,
      signerValidAt: 'appraisal',
    });
    const inDocument = writeSnpDocument({ report, uvmEndorsements: [endorsement] });
    const document = ['verify', 'sevsnp', temporaryFile('uvm.json', inDocument), ...certified, ...trusted, ...asked];
    assert.match((await runCli(document)).stdout, /utility VM +ContainerPlat-AMD-UVM, version 104\n/);
    assert.deepEqual(await refusalOf(call(...asked)), [1, 'uvm-untrusted']);
    assert.deepEqual(await refusalOf([...document, '--uvm-svn', '105']), [1, 'uvm-svn']);
    const expired = await createSimulatedUvmSigner({
      at,
      certificates: { signer: { notAfter: new Date('2026-05-01') } },
    });
    const old = temporaryFile('old.cose', expired.endorse({ measurement, signedAt: new Date('2026-04-01') }));
    const askedOld = ['--uvm-issuer', expired.issuer, '--uvm-feed', 'ContainerPlat-AMD-UVM', '--uvm-endorsement', old];
    assert.deepEqual(await refusalOf(call(...askedOld)), [1, 'chain-expired']);
    assert.equal((await runCli(call(...askedOld, '--uvm-signer-at', 'signing'))).exitCode, 0);
    assert.equal((await runCli(call('--uvm-feed', 'x'))).exitCode, 2);
  });

  test('prints the verdict, the facts and what was not checked', async () => {
    const { exitCode, stdout } = await runCli(call());
    assert.equal(exitCode, 0);
    assert.match(stdout, /^valid: the evidence is genuine at 2026-06-01T00:00:00\.000Z\n/);
    assert.match(stdout, /product +Milan\n/);
    assert.match(stdout, /certificate +VCEK of SEV-Milan, valid until 20/);
    assert.match(stdout, /measurement +[0-9a-f]{96}\n/);
    for (const note of ['what the report data', 'what the host data', 'revocation was', 'development roots were']) {
      assert.match(stdout, new RegExp(`note {2}${note}`));
    }
  });

  test('a missing file ends with 2 and one line', async () => {
    const missing = join(temporaryDirectory(), 'none');
    const { exitCode, stdout, stderr } = await runCli([...call(), '--crl', missing]);
    assert.deepEqual([exitCode, stdout], [2, '']);
    assert.match(stderr, /^atesto: the revocation list .+: there is no such file\n/);
  });
});
