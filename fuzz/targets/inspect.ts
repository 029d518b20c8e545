/** Any file that `atesto inspect` is given: it proves nothing, and never fails otherwise than by a refusal. */
import { collateralToJson } from '@atesto/testing/sgx';
import { inspectBytes } from '../../packages/cli/src/inspect/inspect.ts';
import type { FuzzTarget } from '../engine/target.ts';
import { milan } from '../platforms/amd.ts';
import { guest, vtpm } from '../platforms/azure.ts';
import { intel } from '../platforms/intel.ts';

const json = (value: object): Buffer => Buffer.from(JSON.stringify(value));

export const target: FuzzTarget = {
  mostMilliseconds: 250,
  seeds: [
    ...[intel.quote(), intel.tdxQuote(), intel.openEnclaveReport(), milan.report(), guest.hclReport(), vtpm.eventLog()],
    ...[guest.attestationInfo(), vtpm.quote().attest, await milan.revocationList()],
    json(collateralToJson(await intel.collateral({ tee: 'tdx' }))),
    Buffer.from(Object.values(milan.certificates).join('')),
    Buffer.from(Buffer.from(milan.report()).toString('base64')),
  ],
  run: (input) => {
    const found = inspectBytes(input);
    if (found === undefined) return { code: 'not known' };
    return found.ok ? { code: found.kind } : { code: found.refusal.code, where: found.refusal.where };
  },
};
