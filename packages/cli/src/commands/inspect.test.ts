/** `atesto inspect` recognises every kind of real evidence, shows its facts, and never fails otherwise than in one line. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { createSimulatedVtpm, eventTypes, writeEventLog } from '@atesto/testing/tpm';
import { readVector, readVectorJson, vectorCases, vectorPath, vectorsMissing } from '@atesto/vectors';
import fc from 'fast-check';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';
import { inspectBytes } from '../inspect/inspect.ts';

interface Shown {
  readonly kind: string;
  readonly [name: string]: unknown;
}

async function shown(path: string): Promise<Shown> {
  const { exitCode, stdout, stderr } = await runCli(['inspect', path, '--json']);
  assert.deepEqual([exitCode, stderr], [0, '']);
  return JSON.parse(stdout);
}

describe('real evidence', () => {
  for (const name of vectorCases('tdx')) {
    test(`tdx/${name}`, async () => {
      const expected = readVectorJson('tdx', name, 'expected.json');
      const { kind, quoteVersion, trailingBytes, platform, body } = await shown(vectorPath('tdx', name, 'quote.bin'));
      const { attributeNames, ...facts } = Object(body);
      assert.ok(Array.isArray(attributeNames));
      assert.deepEqual([kind, facts], ['tdx-quote', expected.body]);
      assert.deepEqual(
        [quoteVersion, trailingBytes, Object(platform).fmspc],
        [expected.quoteVersion, expected.trailingBytes, expected.fmspc],
      );
      const collateral = await shown(vectorPath('tdx', name, 'collateral.json'));
      assert.deepEqual([collateral.kind, Object(collateral.tcbInfo).id], ['intel-collateral', 'TDX']);
    });
  }

  for (const name of vectorCases('sgx')) {
    test(`sgx/${name}`, async () => {
      const isReport = existsSync(vectorPath('sgx', name, 'report.bin'));
      const found = await shown(vectorPath('sgx', name, isReport ? 'report.bin' : 'quote.bin'));
      assert.equal(found.kind, isReport ? 'open-enclave' : 'sgx-quote');
      assert.deepEqual(found.body, readVectorJson('sgx', name, 'expected.json').body);
    });
  }

  for (const name of vectorCases('sevsnp')) {
    test(`sevsnp/${name}: bare, and in a document with its certificate`, async () => {
      const report = readVector('sevsnp', name, 'report.bin');
      const found = await shown(vectorPath('sevsnp', name, 'report.bin'));
      assert.deepEqual([found.kind, found.measurement], ['snp-report', report.subarray(0x90, 0xc0).toString('hex')]);
      const leaf = existsSync(vectorPath('sevsnp', name, 'vcek.pem')) ? 'vcek.pem' : 'vlek.pem';
      const document = JSON.stringify({
        SnpReport: report.toString('base64url'),
        VcekCertChain: readVector('sevsnp', name, leaf).toString('base64url'),
      });
      const inDocument = await shown(temporaryFile('document.json', document));
      assert.deepEqual([inDocument.kind, inDocument.measurement], ['snp-document', found.measurement]);
      assert.match(JSON.stringify(inDocument.certificates), /CN=SEV-V[CL]EK/);
    });
  }

  for (const name of vectorCases('azure-cvm')) {
    test(`azure-cvm/${name}`, async () => {
      const hcl = await shown(vectorPath('azure-cvm', name, 'hcl-report.bin'));
      assert.deepEqual([hcl.kind, hcl.reportType], ['hcl-report', name.startsWith('snp') ? 'SEV-SNP' : 'TDX']);
      assert.match(JSON.stringify(hcl.runtimeClaims), /"kid":"HCLAkPub"/);
      const quote = await shown(vectorPath('azure-cvm', name, 'tpm-quote.bin'));
      assert.equal(quote.kind, 'tpm-quote');
    });
  }

  for (const name of vectorCases('eventlog')) {
    test(`eventlog/${name}`, async () => {
      const { kind, events, registers } = await shown(vectorPath('eventlog', name, 'event-log.bin'));
      assert.equal(kind, 'event-log');
      assert.ok(Array.isArray(events) && events.length > 5);
      if (existsSync(vectorPath('eventlog', name, 'pcrs.yaml'))) {
        const expected = readVector('eventlog', name, 'pcrs.yaml').toString();
        const values = Object.values(Object(registers)).flatMap((bank) => Object.values(Object(bank)));
        assert.ok(values.length > 0 && values.every((value) => expected.includes(`0x${value}`)));
      }
    });
  }

  for (const name of ['hcrtm', 'zero-padded', 'zero-padded-8']) {
    test(`found-1/eventlog-${name}`, { skip: vectorsMissing('found-1') }, async () => {
      const { registers } = await shown(vectorPath('found-1', `eventlog-${name}.bin`));
      const first = Object(Object(registers).sha256)['0'];
      assert.match(first, name === 'hcrtm' ? /^1273ce5428b64b0f.*7642$/ : /^[0-9a-f]{64}$/);
    });
  }

  test('certificates, in PEM and in DER', { skip: vectorsMissing('tpm') }, async () => {
    const folder = ['tpm', 'software-tpm-ubuntu-2404'];
    assert.equal((await shown(vectorPath(...folder, 'ek-certificate.der'))).kind, 'certificates');
    assert.equal((await shown(vectorPath(...folder, 'ek-root.pem'))).kind, 'certificates');
  });
});

describe('any file', async () => {
  const platform = await createSimulatedPlatform({ at: new Date() });
  const quote = platform.tdxQuote();

  test('is recognised in hex and in base64 too', async () => {
    for (const text of [
      Buffer.from(quote).toString('hex'),
      `0x${Buffer.from(quote).toString('hex')}\n`,
      Buffer.from(quote).toString('base64').replaceAll(/.{76}/g, '$&\n'),
      Buffer.from(quote).toString('base64url'),
    ]) {
      assert.equal((await shown(temporaryFile('quote.txt', text))).kind, 'tdx-quote');
    }
  });

  test('that is an event log shows the registers that it leads to by bank, and secure boot', async () => {
    const vtpm = await createSimulatedVtpm();
    const banks = ['sha256', 'sha384'] as const;
    const hexOf = (values: ReadonlyMap<number, Uint8Array>) =>
      Object.fromEntries([...values].map(([pcr, value]) => [String(pcr), Buffer.from(value).toString('hex')]));
    const log = vtpm.eventLog([...banks]);
    for (const file of [log, Buffer.from(log.toString('base64').replaceAll(/.{76}/g, '$&\n'))]) {
      const { kind, algorithms, registers, secureBoot } = await shown(temporaryFile('log', file));
      assert.deepEqual([kind, algorithms, secureBoot], ['event-log', banks, true]);
      const expected = banks.map((bank) => [bank, hexOf(vtpm.pcrs([0, 1, 2, 3, 4, 5, 6, 7], bank))]);
      assert.deepEqual(registers, Object.fromEntries(expected));
    }
    const untold = await shown(temporaryFile('log', writeEventLog([{ pcr: 1, type: eventTypes.version, data: '00' }])));
    assert.equal(untold.secureBoot, null);
  });

  test('that is a TDREPORT or the REPORT of an enclave is told by its form', async () => {
    const quoted = quote.subarray(48, 48 + 584);
    const tdReport = Buffer.alloc(1024);
    tdReport[0] = 0x81;
    tdReport.set(quoted.subarray(520, 584), 128);
    tdReport.set(quoted.subarray(0, 120), 264);
    tdReport.set(quoted.subarray(120, 520), 512);
    const domain = await shown(temporaryFile('report', tdReport));
    const { kind, body } = await shown(temporaryFile('quote', quote));
    assert.deepEqual([kind, domain.kind], ['tdx-quote', 'td-report']);
    const { teeTcbSvn2, ...teeTcbInfo } = Object(domain.teeTcbInfo);
    const { serviceTdHash, ...tdInfo } = Object(domain.tdInfo);
    assert.deepEqual([teeTcbSvn2, serviceTdHash], ['00'.repeat(16), '00'.repeat(48)]);
    const { debug, attributeNames, ...fields } = Object(body);
    assert.deepEqual([debug, attributeNames], [false, ['SEPT_VE_DISABLE']]);
    assert.deepEqual({ ...teeTcbInfo, ...tdInfo, reportData: domain.reportData }, { valid: '00'.repeat(8), ...fields });

    const enclave = Buffer.concat([platform.quote().subarray(48, 48 + 384), Buffer.alloc(48, 7)]);
    enclave[48] = (enclave[48] ?? 0) | 1;
    const report = await shown(temporaryFile('report', enclave));
    const sgx = Object((await shown(temporaryFile('quote', platform.quote()))).body);
    assert.deepEqual(
      [report.kind, report.mrEnclave, report.isvSvn, report.debug],
      ['sgx-report', sgx.mrEnclave, sgx.isvSvn, false],
    );
    enclave[100] = 1;
    assert.equal((await runCli(['inspect', temporaryFile('report', enclave)])).exitCode, 1);
  });

  test('that is a revocation list shows its issuer, dates and what it revokes, in DER, PEM, hex and base64', async () => {
    const dates = { thisUpdate: new Date('2026-05-01T00:00:00Z'), nextUpdate: new Date('2026-06-01T00:00:00Z') };
    const { pckCrl, rootCaCrl } = await platform.collateral({ pckCrl: { ...dates, revoked: ['0a', '0b'] } });
    const der = Buffer.from(pckCrl);
    const pem = (list: Uint8Array): string =>
      `-----BEGIN X509 CRL-----\n${Buffer.from(list).toString('base64')}\n-----END X509 CRL-----\n`;
    const list = {
      issuer: 'CN=Intel SGX PCK Platform CA, O=Atesto Simulator, not Intel',
      thisUpdate: '2026-05-01T00:00:00.000Z',
      nextUpdate: '2026-06-01T00:00:00.000Z',
      signatureAlgorithm: 'ecdsa-with-SHA256',
      revokedCertificates: 2,
      revoked: ['0a', '0b'],
    };
    for (const bytes of [der, pem(der), der.toString('hex'), der.toString('base64').replaceAll(/.{76}/g, '$&\n')]) {
      assert.deepEqual(await shown(temporaryFile('list', bytes)), { kind: 'revocation-lists', lists: [list] });
    }
    const both = await shown(temporaryFile('list.pem', pem(der) + pem(rootCaCrl)));
    assert.equal(Object(both.lists).length, 2);
    const cut = await runCli(['inspect', temporaryFile('list', der.subarray(0, 100))]);
    assert.equal(cut.exitCode, 1);
    assert.match(cut.stderr, /Revocation lists, but /);
  });

  test('that is an answer of Intel’s certification service shows what it is for, in its envelope or bare', async () => {
    const json = collateralToJson(await platform.collateral({ tee: 'tdx' }));
    const { tcb_info: tcbInfo, tcb_info_signature: signature, qe_identity: qeIdentity } = json;
    for (const [text, kind, id, hasSignature] of [
      [`{"tcbInfo":${tcbInfo},"signature":"${signature}"}`, 'intel-tcb-info', 'TDX', true],
      [tcbInfo, 'intel-tcb-info', 'TDX', false],
      [`{"enclaveIdentity":${qeIdentity},"signature":"${signature}"}`, 'intel-qe-identity', 'TD_QE', true],
      [qeIdentity, 'intel-qe-identity', 'TD_QE', false],
    ] as const) {
      const found = await shown(temporaryFile('body.json', text));
      assert.deepEqual([found.kind, found.id, found.tcbLevels, found.hasSignature], [kind, id, 2, hasSignature]);
    }
    const numbers = '{"tcbEvaluationDataNumbers":{"id":"SGX","version":1,"tcbEvalNumbers":[]},"signature":""}';
    assert.equal((await shown(temporaryFile('n.json', numbers))).kind, 'intel-tcb-evaluation-data-numbers');
  });

  test('of collateral is known with a byte order mark and in camel case, and shows its lists', async () => {
    const json = collateralToJson(await platform.collateral());
    const camel = JSON.stringify(json).replaceAll(/"([a-z_]+)":"/g, (_, name: string) => {
      return `"${name.replaceAll(/_(.)/g, (_all, letter: string) => letter.toUpperCase())}":"`;
    });
    for (const text of [`\uFEFF${JSON.stringify(json)}`, camel]) {
      const { kind, tcbInfo, pckCrl } = await shown(temporaryFile('collateral.json', text));
      const { fmspc, tcbLevels } = Object(tcbInfo);
      assert.deepEqual([kind, fmspc, tcbLevels], ['intel-collateral', '00a5a5000000', 2]);
      assert.equal(Object(pckCrl).revokedCertificates, 0);
    }
  });

  for (const name of ['null-pck-chain', 'empty-pck-chain', 'byte-arrays', 'nul-terminated', 'bom', 'root-first']) {
    test(`of another tool’s collateral: ${name}`, { skip: vectorsMissing('found-1') }, async () => {
      const found = await shown(vectorPath('found-1', `collateral-${name}.json`));
      assert.deepEqual([found.kind, Object(found.tcbInfo).id], ['intel-collateral', 'TDX']);
    });
  }

  test('that is a token shows header and claims', async () => {
    const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const token = `${part({ alg: 'none', typ: 'JWT' })}.${part({ 'x-ms-attestation-type': 'tdxvm', exp: 1 })}.`;
    const { kind, claims, signed } = await shown(temporaryFile('token.jwt', `${token}\n`));
    assert.deepEqual([kind, claims, signed], ['token', { 'x-ms-attestation-type': 'tdxvm', exp: 1 }, false]);
  });

  test('is shown to people in rows, with what nobody proved on standard error', async () => {
    const { exitCode, stdout, stderr } = await runCli(['inspect', temporaryFile('quote.bin', quote)]);
    assert.deepEqual([exitCode, stderr], [0, 'not verified: anyone can write this\n']);
    assert.match(stdout, /^TDX quote\n {2}quoteVersion +4\n/);
    assert.match(stdout, /\n {2}body\.mrTd +[0-9a-f]{96}\n/);
  });

  test('shows no control characters of its texts', async () => {
    const json = collateralToJson(await platform.collateral({ tcbInfo: { fmspc: '\u001b[31m' } }));
    const { stdout } = await runCli(['inspect', temporaryFile('collateral.json', JSON.stringify(json))]);
    assert.equal(stdout.includes('\u001b'), false);
  });

  for (const [what, bytes, said] of [
    ['that is cut off', quote.subarray(0, 500), /TDX quote, but quote\+\d+: .+ \[evidence-truncated\]/],
    ['that is nothing known', Buffer.from('nothing'), /it is of no kind that is known here\nhint: /],
    ['that is empty', Buffer.alloc(0), /of no kind that is known/],
    [
      'of broken certificates',
      Buffer.from('-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'),
      /cannot be read \[certificate-malformed\]/,
    ],
  ] as const) {
    test(`${what}: 1, in one line and a hint at most`, async () => {
      const { exitCode, stdout, stderr } = await runCli(['inspect', temporaryFile('file', bytes)]);
      assert.deepEqual([exitCode, stdout], [1, '']);
      assert.match(stderr, said);
      assert.match(stderr, /^atesto: .+\n(?:hint: .+\n)?$/);
    });
  }

  test('that is not there: 2', async () => {
    const { exitCode, stderr } = await runCli(['inspect', '/nowhere']);
    assert.equal(exitCode, 2);
    assert.match(stderr, /there is no such file/);
  });

  test('of any bytes, or changed ones of a known kind, is shown or refused, never a fault', () => {
    const starts = [
      quote,
      platform.quote(),
      platform.openEnclaveReport(),
      Buffer.from('HCLA'),
      Buffer.from('{"SnpReport":'),
    ];
    fc.assert(
      fc.property(fc.constantFrom(...starts), fc.nat(5000), fc.uint8Array({ maxLength: 1200 }), (start, at, bytes) => {
        const from = at % start.length;
        inspectBytes(Buffer.concat([start.subarray(0, from), bytes]));
        inspectBytes(Buffer.concat([start.subarray(0, from), bytes, start.subarray(from + bytes.length)]));
      }),
      { numRuns: 300 },
    );
  });
});
