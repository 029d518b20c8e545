/** `atesto verify azure-cvm` gives the expected facts of real machines, and refuses with the code of the check that fails. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SimulatedAzureGuest } from '@atesto/testing/azure';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { createSimulatedVtpm, writeEventLog } from '@atesto/testing/tpm';
import { readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli, spawnCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';

const at = '2025-10-01T00:00:00Z';
const products: Record<string, string> = { 'snp-genoa-vtpm': 'Genoa', 'snp-milan-vtpm': 'Milan' };

/** The options that name what vouches for a machine's hardware. */
function endorsementsOf(name: string): string[] {
  const product = products[name];
  if (product === undefined) {
    const collateral = vectorPath('tdx', 'v4-azure-without-sept-ve-disable', 'collateral.json');
    return ['--td-quote', vectorPath('azure-cvm', name, 'td-quote.bin'), '--collateral', collateral];
  }
  const authorities = ['SEV', 'ARK'].flatMap((kind) => [
    '--ca',
    vectorPath('sevsnp', 'amd-ca', `${kind}-${product}.pem`),
  ]);
  return ['--certificate', vectorPath('azure-cvm', name, 'vcek.pem'), ...authorities];
}

const call = (name: string, ...more: string[]): string[] => [
  ...['verify', 'azure-cvm', vectorPath('azure-cvm', name, 'hcl-report.bin')],
  ...['--tpm-quote', vectorPath('azure-cvm', name, 'tpm-quote.bin')],
  ...['--tpm-signature', vectorPath('azure-cvm', name, 'tpm-quote-signature.bin')],
  ...['--pcrs', vectorPath('azure-cvm', name, 'pcrs-sha256.json')],
  ...endorsementsOf(name),
  ...['--at', at, ...more],
];

async function refusalOf(args: readonly string[]): Promise<[number, unknown]> {
  const { exitCode, stdout } = await runCli([...args, '--json']);
  const verdict: Record<string, unknown> = JSON.parse(stdout);
  assert.deepEqual([verdict.verdict, typeof verdict.reason, verdict.pcrs], ['refused', 'string', null]);
  return [exitCode, verdict.code];
}

/** The first case is a process, as users run it; the others run inside the test, which is several times as fast. */
const [first] = vectorCases('azure-cvm');
const runAs = (name: string) => (name === first ? spawnCli : runCli);

describe('atesto verify azure-cvm over real evidence', { skip: vectorsMissing('azure-cvm') }, () => {
  for (const name of vectorCases('azure-cvm')) {
    test(`${name}: prints the expected facts and ends with 0`, async () => {
      const expected = readVectorJson('azure-cvm', name, 'expected.json');
      const { extraDataHex, pcrSelection, pcrDigest, ...quoted } = Object(expected.tpmQuote);
      const { exitCode, stdout, stderr } = await runAs(name)(call(name, '--nonce', extraDataHex, '--json'));
      assert.deepEqual([stderr, exitCode], ['', 0]);
      const { hardware, hcl, pcrs, ...verdict } = JSON.parse(stdout);
      assert.deepEqual(verdict, {
        verdict: 'valid',
        code: null,
        reason: null,
        runtimeClaims: expected.runtimeClaims,
        tpmQuote: {
          signatureValid: quoted.signatureValid,
          extraDataHex,
          pcrSelection,
          pcrDigest,
          pcrDigestMatches: quoted.pcrDigestMatches,
        },
        measuredBoot: null,
      });
      const { reportType, hashType, runtimeClaimsSha256 } = Object(expected.hcl);
      assert.deepEqual(hcl, { reportType, hashType, runtimeClaimsSha256 });
      assert.deepEqual(
        [hardware.tee, hardware.product],
        name in products ? ['sevsnp', products[name]] : ['tdx', undefined],
      );
      const values = readVectorJson('azure-cvm', name, 'pcrs-sha256.json');
      assert.deepEqual(pcrs, values);
    });

    test(`${name}: another nonce is refused with tpm-nonce`, async () => {
      assert.deepEqual(await refusalOf(call(name, '--nonce', '00')), [1, 'tpm-nonce']);
    });
  }

  test('refuses the hardware of another machine', async () => {
    const [milan = '', genoa = ''] = ['snp-milan-vtpm', 'snp-genoa-vtpm'];
    const certificate = vectorPath('azure-cvm', genoa, 'vcek.pem');
    const args = call(milan).map((argument) => (argument.endsWith('vcek.pem') ? certificate : argument));
    const [exitCode] = await refusalOf(args);
    assert.equal(exitCode, 1);
  });

  test('prints the machine, its PCRs and what was not checked', async () => {
    const { exitCode, stdout } = await runCli(call('snp-milan-vtpm'));
    assert.equal(exitCode, 0);
    assert.match(stdout, /^valid: the evidence is genuine at 2025-10-01T00:00:00\.000Z\n/);
    assert.match(stdout, /hardware +SEV-SNP, Milan, signed by its VCEK\n/);
    assert.match(stdout, /PCR 7 +[0-9a-f]{64}\n/);
    assert.match(stdout, /note {2}how old the quote is was not checked/);
    assert.match(stdout, /note {2}revocation was not checked/);
    const tdx = await runCli(call('tdx-vtpm'));
    assert.match(tdx.stdout, /hardware +TDX, /);
  });
});

describe('atesto verify azure-cvm over simulated evidence', async () => {
  const platform = await createSimulatedSnpPlatform({ at: new Date(at), keys: await generateAmdKeys(2048) });
  const guest = new SimulatedAzureGuest({ kind: 'SevSnp', platform }, await createSimulatedVtpm());
  const { vcek, ask, ark } = platform.certificates;
  const { attest, signature } = guest.vtpm.quote({ signature: { form: 'structure' } });
  const values = [...guest.vtpm.pcrs()].map(([pcr, value]) => [pcr, `0x${value.toString('hex')}`]);
  const files = {
    report: temporaryFile('hcl-report.bin', guest.hclReport()),
    quote: temporaryFile('quote.bin', attest),
    signature: temporaryFile('signature.bin', signature),
    pcrs: temporaryFile('pcrs.json', JSON.stringify(Object.fromEntries(values))),
    certificate: temporaryFile('vcek.pem', vcek + ark + ask),
    crl: temporaryFile('crl.der', await platform.revocationList()),
    log: temporaryFile('log.bin', guest.vtpm.eventLog()),
  };
  const args = [
    ...['verify', 'azure-cvm', files.report, '--tpm-quote', files.quote, '--tpm-signature', files.signature],
    ...['--pcrs', files.pcrs, '--certificate', files.certificate, '--crl', files.crl, '--event-log', files.log],
    ...['--at', at],
  ];
  const trusted = [...args, '--development-root', platform.rootFingerprint];

  test('prints what the log explains, and that development roots were trusted', async () => {
    const { exitCode, stdout } = await runCli(trusted);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /event log +explains PCRs 0, 1, 2, 3, 4, 5, 6, 7\n/);
    assert.match(stdout, /secure boot +on\n/);
    assert.match(stdout, /note {2}development roots were trusted/);
    assert.doesNotMatch(stdout, /revocation was not checked/);
  });

  test('refuses it without its root, and with a log of another boot', async () => {
    assert.deepEqual(await refusalOf(args), [1, 'chain-root-untrusted']);
    const log = temporaryFile('other.bin', writeEventLog([{ pcr: 0, type: 4, data: '00' }]));
    assert.deepEqual(await refusalOf([...trusted, '--event-log', log]), [1, 'tpm-event-log-replay']);
  });

  test('refuses a certificate without its authorities, and files that hold none', async () => {
    const certifiedBy = (content: string): Promise<[number, unknown]> =>
      refusalOf([...trusted, '--certificate', temporaryFile('certificate.pem', content)]);
    assert.deepEqual(await certifiedBy(vcek), [1, 'chain-length']);
    assert.deepEqual(await certifiedBy('x'), [1, 'pem-malformed']);
  });

  const without = (option: string): string[] => {
    const index = trusted.indexOf(option);
    return [...trusted.slice(0, index), ...trusted.slice(index + 2)];
  };
  for (const [what, wrong, said] of [
    ['without a quote', without('--tpm-quote'), /required option '--tpm-quote <file>'/],
    ['without PCR values', without('--pcrs'), /required option '--pcrs <file>'/],
    ['without what vouches for the hardware', without('--certificate'), /either --certificate .* or --td-quote/],
    ['with hardware of two kinds', [...trusted, '--td-quote', 'q'], /either --certificate .* or --td-quote/],
    [
      'with a TD quote without collateral',
      [...without('--certificate'), '--td-quote', 'q'],
      /--td-quote needs --collateral/,
    ],
    ['with a nonce that is none', [...trusted, '--nonce', '0'], /--nonce: write 1 to 64 bytes/],
    ['with PCR values that are no JSON', [...trusted, '--pcrs', files.certificate], /it is not JSON/],
    ['with PCR values that are no list', [...trusted, '--pcrs', temporaryFile('p.json', '1')], /it is not a list/],
    ['with a PCR 24', [...trusted, '--pcrs', temporaryFile('p.json', '{"24":"00"}')], /there is no PCR 24/],
    [
      'with a PCR that is no text',
      [...trusted, '--pcrs', temporaryFile('p.json', '[1]')],
      /PCR 0 is not a hexadecimal/,
    ],
    ['with a file that is not there', [...trusted, '--tpm-quote', '/nowhere'], /no such file/],
  ] as const) {
    test(`called ${what}: ends with 2, one line and a hint`, async () => {
      const { exitCode, stdout, stderr } = await runCli(wrong);
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.match(stderr, said);
      assert.match(stderr, /^atesto: /);
    });
  }
});
