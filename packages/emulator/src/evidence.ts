/** Makes simulated evidence of every attestation type, and the request that attests it. */
import { reportDataOf } from '@atesto/testing/sgx';
import { z } from 'zod';
import type { SimulatedPlatforms } from './platforms.ts';

const hex = (sizeBytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-fA-F]{${2 * sizeBytes}}$`), { error: `expected ${2 * sizeBytes} hexadecimal digits` });
const u16 = z.coerce.number().int().min(0).max(0xffff);
const flag = z.union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')]);
const base64url = z.string().regex(/^[A-Za-z0-9_-]*$/, { error: 'expected base64url without padding' });
const data = z.strictObject({ data: base64url, dataType: z.enum(['Binary', 'JSON']) });

const common = { runtimeData: data.optional(), reportData: hex(64).optional() };
const enclave = {
  ...common,
  mrEnclave: hex(32).optional(),
  mrSigner: hex(32).optional(),
  isvProdId: u16.optional(),
  isvSvn: u16.optional(),
  debug: flag.optional(),
};

/** What evidence is asked for. Evidence commits to `runtimeData`, or has the report data as it is given. */
export const evidenceRequest = z
  .discriminatedUnion('type', [
    z.strictObject({ type: z.literal('SgxEnclave'), ...enclave }),
    z.strictObject({ type: z.literal('OpenEnclave'), ...enclave }),
    z.strictObject({ type: z.literal('TdxVm'), ...common, mrTd: hex(48).optional(), debug: flag.optional() }),
    z.strictObject({
      type: z.literal('SevSnpVm'),
      ...common,
      measurement: hex(48).optional(),
      guestSvn: u16.optional(),
      debug: flag.optional(),
    }),
    z.strictObject({ type: z.literal('AzureGuest'), nonce: z.string().max(1024).optional() }),
  ])
  .refine((request) => !('reportData' in request) || !('runtimeData' in request), {
    error: 'give runtimeData or reportData, not both',
  });

/** See {@link evidenceRequest}. */
export type EvidenceRequest = z.output<typeof evidenceRequest>;

/** Simulated evidence. */
export interface SimulatedEvidence {
  readonly type: EvidenceRequest['type'];
  /** Base64url. */
  readonly evidence: string;
  /** What to POST to the service, below its URL, and the JSON body. */
  readonly attest: { readonly path: string; readonly body: Readonly<Record<string, unknown>> };
}

type HardwareRequest = Exclude<EvidenceRequest, { type: 'AzureGuest' }>;

const encoded = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** Makes evidence that was asked for. */
export async function makeEvidence(
  platforms: SimulatedPlatforms,
  request: EvidenceRequest,
): Promise<SimulatedEvidence> {
  const { evidence, body } = await (request.type === 'AzureGuest'
    ? guestEvidence(platforms, request.nonce)
    : hardwareEvidence(platforms, request));
  const { type } = request;
  return { type, evidence, attest: { path: `/attest/${type}?api-version=2025-06-01`, body } };
}

type Made = Pick<SimulatedEvidence, 'evidence'> & Pick<SimulatedEvidence['attest'], 'body'>;

async function guestEvidence(platforms: SimulatedPlatforms, nonce: string | undefined): Promise<Made> {
  const clientPayload = nonce === undefined ? {} : { clientPayload: { nonce: Buffer.from(nonce).toString('base64') } };
  const evidence = encoded((await platforms.guest()).attestationInfo(clientPayload));
  return { evidence, body: { AttestationInfo: evidence } };
}

function hardwareEvidence({ intel, amd }: SimulatedPlatforms, request: HardwareRequest): Made {
  const { runtimeData } = request;
  const more = runtimeData === undefined ? {} : { runtimeData };
  const made = (bytes: Uint8Array, member: 'quote' | 'report', sent = encoded(bytes)): Made => {
    return { evidence: encoded(bytes), body: { [member]: sent, ...more } };
  };
  switch (request.type) {
    case 'SgxEnclave':
      return made(intel.quote({ body: reportFields(request) }), 'quote');
    case 'OpenEnclave':
      return made(intel.openEnclaveReport({ body: reportFields(request) }), 'report');
    case 'TdxVm':
      return made(intel.tdxQuote({ body: reportFields(request) }), 'quote');
    case 'SevSnpVm': {
      const report = amd.report({ fields: reportFields(request) });
      // Reports travel in a JSON document.
      return made(report, 'report', encoded(JSON.stringify({ SnpReport: encoded(report) })));
    }
  }
}

/** What the report says: the members that were given, and the hash of the runtime data. */
function reportFields<Request extends HardwareRequest>({ type, runtimeData, ...fields }: Request) {
  const committed =
    runtimeData === undefined ? {} : { reportData: reportDataOf(Buffer.from(runtimeData.data, 'base64url')) };
  return { ...withoutUndefined(fields), ...committed };
}

type Present<Given> = { [Name in keyof Given]?: Exclude<Given[Name], undefined> };

function withoutUndefined<Given extends object>(given: Given): Present<Given> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  return Object.assign({}, ...entries.map(([name, value]) => ({ [name]: value })));
}
