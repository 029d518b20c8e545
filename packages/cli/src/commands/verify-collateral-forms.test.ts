/** `atesto verify sgx` and `tdx` read collateral in the forms that other tools write. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { collateralToJson, createSimulatedPlatform } from '@atesto/testing/sgx';
import { readVector, vectorPath, vectorsMissing } from '@atesto/vectors';
import { runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';

type Members = Readonly<Record<string, unknown>>;

const at = new Date('2026-06-01T12:00:00Z');
const platform = await createSimulatedPlatform({ at });
const trusted = ['--development-root', platform.rootFingerprint, '--at', at.toISOString()];
const evidence = {
  sgx: temporaryFile('sgx.bin', platform.quote()),
  tdx: temporaryFile('tdx.bin', platform.tdxQuote()),
};
const usual = { sgx: await membersOf('sgx'), tdx: await membersOf('tdx') };

async function membersOf(tee: 'sgx' | 'tdx'): Promise<Members> {
  const { pckCertificateChain: _, ...collateral } = await platform.collateral({ tee });
  return Object.fromEntries(Object.entries(collateralToJson(collateral)));
}

async function verdictOn(tee: 'sgx' | 'tdx', collateral: string | Uint8Array): Promise<string> {
  const file = temporaryFile('collateral.json', collateral);
  const { stdout } = await runCli(['verify', tee, evidence[tee], '--collateral', file, ...trusted, '--json']);
  const { verdict, code, tcbStatus } = JSON.parse(stdout);
  return verdict === 'valid' ? tcbStatus : code;
}

const text = (value: unknown): string => String(value);
const bytesOf = (value: unknown): Buffer => Buffer.from(text(value), 'hex');
const mapped = (members: Members, change: (value: string, name: string) => unknown): Members =>
  Object.fromEntries(Object.entries(members).map(([name, value]) => [name, change(text(value), name)]));
const isList = (name: string): boolean => name.endsWith('_crl');
const isBytes = (name: string): boolean => isList(name) || name.endsWith('_signature');
const isChain = (name: string): boolean => name.endsWith('_chain');
const certificates = (pem: string): string[] => pem.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----\n?/g) ?? [];
const wrapped = (bytes: Buffer): string => bytes.toString('base64').replaceAll(/.{76}/g, '$&\n');
const pem = (bytes: Buffer): string => `-----BEGIN X509 CRL-----\n${wrapped(bytes)}\n-----END X509 CRL-----\n`;

const forms: Readonly<Record<string, (members: Members) => Members>> = {
  'as is': (members) => members,
  'null for the chain that is absent': (members) => ({ ...members, pck_certificate_chain: null }),
  'an empty chain, as a C string': (members) => ({ ...members, pck_certificate_chain: '\0' }),
  'arrays of bytes': (members) => mapped(members, (value, name) => (isBytes(name) ? [...bytesOf(value)] : value)),
  'arrays of bytes for every member, as a dump of sgx_ql_qve_collateral_t': (members) =>
    mapped(members, (value, name) => (isBytes(name) ? [...bytesOf(value)] : [...Buffer.from(`${value}\0`)])),
  'C strings': (members) => mapped(members, (value) => `${value}\0`),
  'base64, in lines': (members) => mapped(members, (value, name) => (isBytes(name) ? wrapped(bytesOf(value)) : value)),
  'revocation lists in PEM': (members) =>
    mapped(members, (value, name) => (isList(name) ? pem(bytesOf(value)) : value)),
  'chains root first': (members) =>
    mapped(members, (value, name) => (isChain(name) ? certificates(value).toReversed().join('') : value)),
  'names in camel case': (members) =>
    Object.fromEntries(
      Object.entries(members).map(([name, value]) => [
        name.replaceAll(/_(.)/g, (_, one) => text(one).toUpperCase()),
        value,
      ]),
    ),
  'signatures in the envelopes of Intel’s service': (members) => {
    const { tcb_info_signature: ofTcb, qe_identity_signature: ofQe, ...others } = members;
    return {
      ...others,
      tcb_info: `{"tcbInfo":${text(others.tcb_info)},"signature":"${text(ofTcb)}"}`,
      qe_identity: `{"enclaveIdentity":${text(others.qe_identity)},"signature":"${text(ofQe)}"}`,
    };
  },
  'further members': (members) => ({ ...members, version: 3, tee_type: 0 }),
};

for (const tee of ['sgx', 'tdx'] as const) {
  describe(`atesto verify ${tee} reads collateral with`, () => {
    for (const [what, form] of Object.entries(forms)) {
      test(what, async () => {
        assert.equal(await verdictOn(tee, JSON.stringify(form(usual[tee]))), 'UpToDate');
      });
    }

    test('a byte order mark', async () => {
      assert.equal(await verdictOn(tee, `\uFEFF${JSON.stringify(usual[tee])}`), 'UpToDate');
    });
  });
}

describe('atesto verify sgx refuses collateral', () => {
  for (const [what, members] of [
    [
      'whose signed body is an object, so that the signed bytes are lost',
      { tcb_info: JSON.parse(text(usual.sgx.tcb_info)) },
    ],
    ['with numbers that are no bytes', { pck_crl: [48, 256] }],
    ['with a revocation list that is none', { pck_crl: Buffer.from('no list at all').toString('hex') }],
    ['with a member twice, in other letters', { pckCrl: usual.sgx.pck_crl }],
    ['without a signature', { tcb_info_signature: null }],
  ] as const) {
    test(what, async () => {
      assert.equal(await verdictOn('sgx', JSON.stringify({ ...usual.sgx, ...members })), 'collateral-file-malformed');
    });
  }

  test('whose chain lacks the root', async () => {
    const [leaf = ''] = certificates(text(usual.sgx.pck_crl_issuer_chain));
    const collateral = JSON.stringify({ ...usual.sgx, pck_crl_issuer_chain: leaf });
    assert.equal(await verdictOn('sgx', collateral), 'chain-length');
  });
});

describe('a collateral file that is no JSON is a wrong call, by line and column:', () => {
  const usualText = JSON.stringify(usual.sgx, null, 2);
  for (const [what, content, said] of [
    ['nothing', '', 'it is empty'],
    ['white space and a byte order mark', '\uFEFF \n', 'it is empty'],
    ['PEM', text(usual.sgx.pck_crl_issuer_chain), 'line 1, column 1: it is not JSON, but PEM'],
    ['a comment before it', `// made today\n${usualText}`, 'line 1, column 1: it is not JSON, which has no comments'],
    [
      'a comment in it',
      usualText.replace('\n', '\n  # mine\n'),
      'line 2, column 3: it is not JSON, which has no comments',
    ],
    [
      'a comma too much',
      usualText.replace(/\n\}$/, ',\n}'),
      `line ${usualText.split('\n').length}, column 1: it is not JSON`,
    ],
    ['UTF-16', Buffer.from(`\uFEFF${usualText}`, 'utf16le'), 'it is not UTF-8 text'],
  ] as const) {
    test(what, async () => {
      const file = temporaryFile('collateral.json', content);
      const { exitCode, stdout, stderr } = await runCli([
        'verify',
        'sgx',
        evidence.sgx,
        '--collateral',
        file,
        ...trusted,
      ]);
      assert.deepEqual([exitCode, stdout], [2, '']);
      assert.ok(stderr.startsWith(`atesto: the collateral ${file}: ${said}\nhint: Give the JSON`), stderr);
    });
  }
});

describe('collateral files of other tools', { skip: vectorsMissing('found-1') }, () => {
  const quote = vectorPath('found-1', 'phala-sample-quote.bin');
  for (const name of ['null-pck-chain', 'empty-pck-chain', 'byte-arrays', 'nul-terminated', 'bom', 'root-first']) {
    test(name, async () => {
      assert.notEqual(readVector('found-1', `collateral-${name}.json`).length, 0);
      const collateral = vectorPath('found-1', `collateral-${name}.json`);
      const args = ['verify', 'tdx', quote, '--collateral', collateral, '--at', '2025-06-20', '--json'];
      const { exitCode, stdout } = await runCli(args);
      const { verdict, tcbStatus } = JSON.parse(stdout);
      assert.deepEqual([exitCode, verdict, tcbStatus], [0, 'valid', 'UpToDate']);
    });
  }
});
