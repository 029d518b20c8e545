/** A misspelt or malformed member of a builder is refused by its name: it would otherwise leave the default in place, in silence. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SimulatedAzureGuest } from '../azure/index.ts';
import { ConfigurationError } from '../index.ts';
import { createSimulatedSnpPlatform, generateAmdKeys } from '../sevsnp/index.ts';
import { createSimulatedPlatform } from '../sgx/index.ts';
import { createSimulatedVtpm } from '../tpm/index.ts';

const at = new Date('2026-06-01T12:00:00Z');
const intel = await createSimulatedPlatform({ at });
const keys = await generateAmdKeys(2048);
const amd = await createSimulatedSnpPlatform({ at, keys });
const guest = new SimulatedAzureGuest({ kind: 'SevSnp', platform: amd }, await createSimulatedVtpm());

const misspelt = (path: string): object =>
  path
    .split('.')
    .reduceRight<object>((inner, name, index, all) => ({ [name]: index === all.length - 1 ? 1 : inner }), {});
const builders: [what: string, build: (wrong: object) => unknown, path: string, option: string][] = [
  ['an Intel platform', (wrong) => createSimulatedPlatform({ at, ...wrong }), 'fmspcs', 'options.fmspcs'],
  ['a PCK certificate', (wrong) => createSimulatedPlatform({ at, ...wrong }), 'pck.ppids', 'options.pck.ppids'],
  ['collateral', (wrong) => intel.collateral(wrong), 'tcbstatus', 'overrides.tcbstatus'],
  ['an SGX quote', (wrong) => intel.quote(wrong), 'bodi', 'options.bodi'],
  ['an SGX report', (wrong) => intel.quote(wrong), 'body.mrsigner', 'body.mrsigner'],
  ['a QE report', (wrong) => intel.quote(wrong), 'qeReport.isvsvn', 'body.isvsvn'],
  ['the header of a quote', (wrong) => intel.quote(wrong), 'header.tee', 'header.tee'],
  ['certification data', (wrong) => intel.quote(wrong), 'certification.kind', 'certification.kind'],
  ['an Open Enclave report', (wrong) => intel.openEnclaveReport(wrong), 'containers', 'options.containers'],
  ['Open Enclave evidence', (wrong) => intel.openEnclaveEvidence(wrong), 'claims', 'options.claims'],
  ['a TDX quote', (wrong) => intel.tdxQuote(wrong), 'layouts', 'options.layouts'],
  ['a TD report', (wrong) => intel.tdxQuote(wrong), 'body.mrtd', 'body.mrtd'],
  ['an AMD platform', (wrong) => createSimulatedSnpPlatform({ at, keys, ...wrong }), 'chip', 'options.chip'],
  ['an SEV-SNP report', (wrong) => amd.report(wrong), 'field', 'options.field'],
  ['the fields of an SEV-SNP report', (wrong) => amd.report(wrong), 'fields.svn', 'fields.svn'],
  ['an HCL report', (wrong) => guest.hclReport(wrong), 'claim', 'options.claim'],
  ['the fields of an HCL report', (wrong) => guest.hclReport(wrong), 'fields.type', 'fields.type'],
  ['what an Azure guest sends', (wrong) => guest.attestationInfo(wrong), 'payload', 'options.payload'],
];
for (const [what, build, path, option] of builders) {
  test(`${what}: an unknown member is a configuration error at ${option}`, async () => {
    await assert.rejects(
      async () => build(misspelt(path)),
      (error) => error instanceof ConfigurationError && error.code === 'option-unknown' && error.option === option,
    );
  });
}

const malformed: [what: string, build: () => unknown, option: string][] = [
  ['bytes of another length', () => intel.quote({ body: { mrSigner: 'ab' } }), 'MRSIGNER'],
  ['half a byte of hex', () => intel.quote({ body: { mrSigner: 'abc' } }), 'MRSIGNER'],
  ['a number beyond its field', () => intel.quote({ body: { isvSvn: 65536 } }), 'integer field'],
  ['a fraction', () => amd.report({ fields: { guestSvn: 0.5 } }), 'integer field'],
  [
    'certification data that only the caller knows',
    () => intel.quote({ certification: { type: 9 } }),
    'certification.data',
  ],
];
for (const [what, build, option] of malformed) {
  test(`${what}: a configuration error at ${option}`, () => {
    assert.throws(build, (error) => error instanceof ConfigurationError && error.option === option);
  });
}
