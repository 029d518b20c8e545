/** Finds the policy that a request names. Attestation types are case-insensitive. */
import { attestationTypes } from '@atesto/policy';
import type { FastifyRequest } from 'fastify';
import { addAuditContext } from '../../audit/context.ts';
import { changeOrigin } from '../../audit/recording.ts';
import { conditionOf } from '../../http/condition.ts';
import { refuseRequest } from '../../http/refusal.ts';
import type { PolicyChange, PolicyTarget } from '../../policies/administration.ts';
import type { Role } from '../../roles/role.ts';
import type { ServiceContext } from '../../service-context.ts';

/** Path of a policy; what follows a colon is an action. */
export const policyPath = '/policies/:type(^[^:/]+)';

/** The policy at the path, for a caller who has the role. Refuses as `providerOf` and `authorize`, and with `attestation-type-unknown`. */
export async function policyAt(context: ServiceContext, request: FastifyRequest, role: Role): Promise<PolicyTarget> {
  const given: unknown = Reflect.get(Object(request.params), 'type');
  return policyOfType(context, request, role, given);
}

/** The policy of an attestation type. */
export async function policyOfType(
  context: ServiceContext,
  request: FastifyRequest,
  role: Role,
  given: unknown,
): Promise<PolicyTarget> {
  const provider = await context.providerOf(request);
  await context.authorize(request, provider, role);
  const attestationType = attestationTypes.find(
    (kind) => typeof given === 'string' && kind.toLowerCase() === given.toLowerCase(),
  );
  if (attestationType === undefined) {
    return refuseRequest('attestation-type-unknown', 'path', `policies are for ${attestationTypes.join(', ')}`);
  }
  addAuditContext(request, { attestationType });
  return { store: context.store, provider, attestationType };
}

/** How a request changes a policy. Refuses with `member-invalid`. */
export function policyChange({ clock }: Pick<ServiceContext, 'clock'>, request: FastifyRequest): PolicyChange {
  const at = clock();
  return { origin: changeOrigin(request, at), condition: conditionOf(request), at };
}
