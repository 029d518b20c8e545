/** The JSON documents of SEV-SNP guests: report, certificates of both kinds of keys in any order, endorsements of utility VMs. */
import { appraiseSnp, parseSnpEvidence, snpLookupFor } from '@atesto/evidence/advanced';
import { createSimulatedUvmSigner } from '@atesto/testing/sevsnp';
import { outcomeOf } from '../engine/outcome.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { amdOptions, milan, verifyEndorsements } from '../platforms/amd.ts';
import { at } from '../platforms/roots.ts';

const { ark, ask, asvk, vcek, vlek } = milan.certificates;
const signer = await createSimulatedUvmSigner({ at });
const uvm = Buffer.from(signer.endorse({ measurement: milan.report().subarray(144, 192) })).toString('base64url');
const text = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');

function documentOf(report: Uint8Array, chain: string, more: object = {}): Uint8Array {
  const members = { SnpReport: Buffer.from(report).toString('base64url'), VcekCertChain: text(chain), ...more };
  return Buffer.from(JSON.stringify(members));
}

export const target: FuzzTarget = {
  seeds: [
    documentOf(milan.report(), vcek + ask + ark, { Endorsements: text({ Uvm: [uvm] }) }),
    documentOf(milan.report({ signingKey: 'VLEK' }), vcek + vlek + asvk + ark),
  ],
  run: (input) => {
    const parsed = parseSnpEvidence(input);
    if (!parsed.ok) return outcomeOf(parsed, () => []);
    const { report, signedBytes, certificates } = parsed.value;
    const lookup = snpLookupFor(report, certificates);
    if (!lookup.ok) return outcomeOf(lookup, () => []);
    const { supplied } = lookup.value;
    if (supplied === undefined) return { code: 'no certificate' };
    const verified = verifyEndorsements({ ...supplied, revocationList: 'unchecked' });
    if (!verified.ok) return outcomeOf(verified, () => []);
    const outcome = appraiseSnp(parsed.value, verified.value, amdOptions);
    return outcomeOf(outcome, ({ product, signingKey }) => [signedBytes, product, signingKey]);
  },
};
