/** The bodies of create and update, checked for shape. Unknown members are ignored. */
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { jsonBody } from '../../http/json-body.ts';
import { refuseRequest } from '../../http/refusal.ts';

const toggle = z.enum(['Enabled', 'Disabled']);
const tags = z.record(z.string().min(1).max(512), z.string().max(256)).refine((all) => Object.keys(all).length <= 50);
const settings = {
  publicNetworkAccess: toggle.nullish(),
  tpmAttestationAuthentication: toggle.nullish(),
};
const signingKey = z.object({ x5c: z.array(z.string().max(16_384)).min(1).max(10) });

const policySigningCertificates = z.object({ keys: z.array(signingKey).max(100).nullish() }).nullish();

const creation = z.object({
  location: z.string().min(1).max(64),
  tags: tags.nullish(),
  properties: z
    .object({
      ...settings,
      policySigningCertificates,
    })
    .nullish(),
});

const update = z.object({ tags: tags.nullish(), properties: z.object(settings).nullish() });

/** The body of a creation. */
export type Creation = z.output<typeof creation>;
/** The body of an update. */
export type Update = z.output<typeof update>;

/** Reads the body of a creation. Refuses with `body-empty`, `body-not-json`, `member-invalid`. */
export function creationIn(request: FastifyRequest): Promise<Creation> {
  return read(request, creation);
}

/** Reads the body of an update. Refuses like {@link creationIn}. */
export function updateIn(request: FastifyRequest): Promise<Update> {
  return read(request, update);
}

const recovery = z.object({ policySigningCertificates });

/** The certificate chains of a recovery of policy signers: standard base64 of DER, leaf first. Refuses like {@link creationIn}. */
export async function signersIn(request: FastifyRequest): Promise<string[][]> {
  const { policySigningCertificates } = await read(request, recovery);
  return (policySigningCertificates?.keys ?? []).map(({ x5c }) => x5c);
}

async function read<Body>(request: FastifyRequest, schema: z.ZodType<Body>): Promise<Body> {
  const parsed = schema.safeParse(await jsonBody(request));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  return refuseRequest('member-invalid', `body.${issue?.path.join('.') ?? ''}`, 'it is absent or has the wrong form');
}

/** The settings that a body names, for the provider's record; the others stay unchanged. */
export function settingsIn({ properties }: Pick<Creation | Update, 'properties'>): Record<string, string> {
  const { publicNetworkAccess, tpmAttestationAuthentication } = properties ?? {};
  return {
    ...(publicNetworkAccess == null ? {} : { publicNetworkAccess }),
    ...(tpmAttestationAuthentication == null ? {} : { tpmAttestationAuthentication }),
  };
}
