/** Evidence of confidential VMs under Linux, from a directory that behaves like the kernel's. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { createSimulatedSnpPlatform, generateAmdKeys } from '@atesto/testing/sevsnp';
import { createSimulatedPlatform } from '@atesto/testing/sgx';
import { type TsmMachine, tsmFiles } from '../__fixtures__/tsm.ts';
import {
  ClientError,
  type ConfigfsTsmOptions,
  ConfigurationError,
  type EvidenceSource,
  evidenceFromConfigfsTsm,
  reportDataFor,
  writeSnpDocument,
} from '../index.ts';

const at = new Date();
const intel = await createSimulatedPlatform({ at });
const amd = await createSimulatedSnpPlatform({ at, keys: await generateAmdKeys(2048) });
const { certificates } = amd;
const reportData = reportDataFor({ json: '{"a":1}' });
const directory = mkdtempSync(join(tmpdir(), 'atesto-tsm-'));
after(() => rmSync(directory, { recursive: true, force: true }));

const tdx: TsmMachine = { provider: 'tdx_guest', report: (asked) => intel.tdxQuote({ body: { reportData: asked } }) };
const snp: TsmMachine = {
  provider: 'sev_guest',
  report: (asked, vmpl = 0) => amd.report({ fields: { reportData: asked, vmpl } }),
};
const sourceOf = (machine: TsmMachine, more: ConfigfsTsmOptions = {}): EvidenceSource =>
  evidenceFromConfigfsTsm({ directory, files: tsmFiles(machine), ...more });

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    assert.ok(error instanceof ClientError || error instanceof ConfigurationError, String(error));
    return error.code;
  }
  return 'collected';
}

const der = (pem: string): Buffer => new X509Certificate(pem).raw;

/** A table of the host: [id, certificate], ids in the order of their text. */
function tableOf(entries: readonly (readonly [string, Uint8Array])[]): Buffer {
  const head = Buffer.alloc(24 * (entries.length + 1));
  let offset = head.length;
  for (const [index, [id, bytes]] of entries.entries()) {
    head.write(id.replaceAll('-', ''), 24 * index, 'hex');
    head.writeUInt32LE(offset, 24 * index + 16);
    head.writeUInt32LE(bytes.length, 24 * index + 20);
    offset += bytes.length;
  }
  return Buffer.concat([head, ...entries.map(([, bytes]) => bytes)]);
}

const ark = ['c0b406a4-a803-4952-9743-3fb6014cd0ae', der(certificates.ark)] as const;
const ask = ['4ab7b379-bbac-4fe4-a02f-05aef327c782', der(certificates.ask)] as const;
const vcek = ['63da758d-e664-4564-adc5-f4b93be8accd', der(certificates.vcek)] as const;
const vlek = ['a8074bc2-a25a-483e-aae6-39c045a0b8a1', der(certificates.vlek)] as const;
const chainIn = (document: Uint8Array): string | undefined => {
  const { VcekCertChain: chain } = JSON.parse(Buffer.from(document).toString());
  return chain === undefined ? undefined : Buffer.from(chain, 'base64url').toString();
};

describe('a TDX machine', () => {
  for (const version of [4, 5] as const) {
    test(`gives a quote of version ${version} for the report data`, async () => {
      const report = (asked: Uint8Array): Uint8Array => intel.tdxQuote({ version, body: { reportData: asked } });
      const { attestationType, bytes } = await sourceOf({ ...tdx, report }).collect(reportData);
      assert.equal(attestationType, 'TdxVm');
      assert.ok(Buffer.from(bytes).includes(Buffer.from(reportData)));
    });
  }

  test('collects side by side, each in its own entry, and leaves no entry behind', async () => {
    const source = sourceOf(tdx);
    const asked = Array.from({ length: 5 }, (_, index) => reportDataFor({ json: `{"a":${index}}` }));
    const collected = await Promise.all(asked.map((data) => source.collect(data)));
    collected.forEach(({ bytes }, index) => {
      assert.ok(Buffer.from(bytes).includes(Buffer.from(asked[index] ?? [])));
    });
    assert.deepEqual(readdirSync(directory), []);
  });
});

describe('an SEV-SNP machine', () => {
  test('gives its report as a document without certificates when the host has none', async () => {
    for (const machine of [snp, { ...snp, auxiliary: new Uint8Array() }, { ...snp, auxiliary: new Uint8Array(4096) }]) {
      const { attestationType, bytes } = await sourceOf(machine).collect(reportData);
      const document = JSON.parse(Buffer.from(bytes).toString());
      assert.equal(attestationType, 'SevSnpVm');
      assert.deepEqual(Object.keys(document), ['SnpReport']);
      const report = Buffer.from(document.SnpReport, 'base64url');
      assert.equal(report.length, 1184);
      assert.deepEqual(report.subarray(0x50, 0x90), Buffer.from(reportData));
    }
  });

  test('gives the host’s certificates in the order of the chain', async () => {
    const { bytes } = await sourceOf({ ...snp, auxiliary: tableOf([ark, ask, vcek]) }).collect(reportData);
    const expected = [certificates.vcek, certificates.ask, certificates.ark].map((pem) => new X509Certificate(pem));
    assert.equal(chainIn(bytes), expected.join(''));
  });

  test('gives the certificate of the kind of key that signed the report where the host has both', async () => {
    const auxiliary = tableOf([ark, ask, vcek, vlek]);
    const under = (signingKey: 'VCEK' | 'VLEK') => (asked: Uint8Array) =>
      amd.report({ signingKey, fields: { reportData: asked } });
    for (const [kind, leaf] of [
      ['VCEK', certificates.vcek],
      ['VLEK', certificates.vlek],
    ] as const) {
      const { bytes } = await sourceOf({ ...snp, report: under(kind), auxiliary }).collect(reportData);
      const expected = [leaf, certificates.ask, certificates.ark].map((pem) => new X509Certificate(pem));
      assert.equal(chainIn(bytes), expected.join(''));
    }
  });

  test('takes ids whose first groups are little-endian, and leaves out what is not known', async () => {
    const mixed = ['8d75da63-64e6-6445-adc5-f4b93be8accd', vcek[1]] as const;
    const unknown = ['00112233-4455-6677-8899-aabbccddeeff', Buffer.from('?')] as const;
    const { bytes } = await sourceOf({ ...snp, auxiliary: tableOf([unknown, mixed]) }).collect(reportData);
    assert.equal(chainIn(bytes), new X509Certificate(certificates.vcek).toString());
  });

  test('refuses certificates that cannot be read, and a table that points outside', async () => {
    const broken = tableOf([[vcek[0], Buffer.from('no certificate')]]);
    assert.equal(
      await codeOf(sourceOf({ ...snp, auxiliary: broken }).collect(reportData)),
      'certificate-table-malformed',
    );
    const cut = tableOf([vcek]).subarray(0, -1);
    assert.equal(await codeOf(sourceOf({ ...snp, auxiliary: cut }).collect(reportData)), 'certificate-table-malformed');
  });

  test('reports for the privilege level asked for', async () => {
    const levels: (number | undefined)[] = [];
    const report = (asked: Uint8Array, level: number | undefined): Uint8Array => {
      levels.push(level);
      return snp.report(asked, level);
    };
    await sourceOf({ ...snp, report }).collect(reportData);
    await sourceOf({ ...snp, report }, { privilegeLevel: 2 }).collect(reportData);
    assert.deepEqual(levels, [undefined, 2]);
    assert.throws(() => sourceOf(snp, { privilegeLevel: 4 }), { code: 'option-invalid' });
    const misspelt: object = { privilegelevel: 1 };
    assert.throws(() => sourceOf(snp, misspelt), { code: 'option-unknown' });
  });
});

describe('any machine', () => {
  test('refuses report data that are not 64 bytes, before it makes an entry', async () => {
    assert.equal(await codeOf(sourceOf(tdx).collect(new Uint8Array(63))), 'report-data-size');
  });

  test('refuses a report for other data', async () => {
    const other = reportDataFor({ json: '{}' });
    for (const machine of [tdx, snp]) {
      const report = (): Uint8Array => machine.report(other, undefined);
      assert.equal(await codeOf(sourceOf({ ...machine, report }).collect(reportData)), 'evidence-not-bound');
    }
  });

  test('refuses a report when somebody else wrote to the entry meanwhile', async () => {
    const meanwhile: TsmMachine['meanwhile'] = (entry, files) =>
      files.write(join(entry, 'inblob'), reportData).then(() => {});
    assert.equal(await codeOf(sourceOf({ ...tdx, meanwhile }).collect(reportData)), 'evidence-not-bound');
    assert.deepEqual(readdirSync(directory), []);
  });

  test('refuses a provider whose reports are not known', async () => {
    const arm = { ...tdx, provider: 'arm_cca_guest' };
    assert.equal(await codeOf(sourceOf(arm).collect(reportData)), 'attestation-unavailable');
  });

  test('refuses a kernel that fails to report', async () => {
    const report = (): Uint8Array => {
      throw new Error('EIO');
    };
    assert.equal(await codeOf(sourceOf({ ...tdx, report }).collect(reportData)), 'evidence-unreadable');
    assert.deepEqual(readdirSync(directory), []);
  });

  test('refuses a kernel without the interface, on the file system itself', async () => {
    const source = evidenceFromConfigfsTsm({ directory: join(directory, 'absent') });
    assert.equal(await codeOf(source.collect(reportData)), 'attestation-unavailable');
  });
});

test('a document holds report, certificates and endorsements in the encodings of Azure Attestation', () => {
  const text = Buffer.from(
    writeSnpDocument({
      report: Uint8Array.of(255, 254),
      certificateChain: 'PEM',
      uvmEndorsements: [Uint8Array.of(251)],
    }),
  ).toString();
  const endorsements = Buffer.from('{"Uvm":["-w"]}').toString('base64url');
  assert.deepEqual(JSON.parse(text), { SnpReport: '__4', VcekCertChain: 'UEVN', Endorsements: endorsements });
});
