/** Authenticates callers and checks their roles. Every attempt is logged and recorded, allowed or not. */
import type { FastifyRequest } from 'fastify';
import { addAuditContext } from '../audit/context.ts';
import { callerAddress } from '../http/caller-address.ts';
import { signalOf } from '../http/in-flight.ts';
import {
  type AccessTokens,
  bearerToken,
  type Caller,
  callerName,
  refuseMissingToken,
  verifyAccessToken,
} from '../identity/access-token.ts';
import { refuse } from '../refuse.ts';
import { hasRole, type Role, type RoleRule } from './role.ts';

/** By whom and by what rules callers are known. */
export interface Authorization {
  readonly accessTokens: AccessTokens;
  readonly rules: readonly RoleRule[];
  /** Told of each caller whose token is valid. May refuse the request by throwing. */
  readonly admit: (request: FastifyRequest, caller: string) => void;
}

/**
 * The caller, who has the role at the provider. Refuses with `access-token-…`, `issuer-unreachable` or `role-missing`.
 */
export async function authorizeAt(
  { rules, ...tokens }: Authorization,
  request: FastifyRequest,
  provider: { readonly name: string },
  role: Role,
): Promise<Caller> {
  const caller = await callerOf(request, tokens, 'attestation');
  const isAllowed = hasRole(rules, caller, role, provider.name);
  tell(request, caller, role, isAllowed, provider.name);
  if (isAllowed) return caller;
  return refuse('role-missing', 'authorization', `the operation needs the role ${role} at this provider`);
}

/** The caller of the resource-provider API, who is service administrator. Refuses like {@link authorizeAt}, with 403. */
export async function authorizeManagement(
  { rules, ...tokens }: Authorization,
  request: FastifyRequest,
): Promise<Caller> {
  const caller = await callerOf(request, tokens, 'management');
  const isAllowed = hasRole(rules, caller, 'service-administrator');
  tell(request, caller, 'service-administrator', isAllowed);
  if (isAllowed) return caller;
  return refuse('administrator-role-missing', 'authorization', 'the operation needs the service administrator');
}

async function callerOf(
  request: FastifyRequest,
  { accessTokens, admit }: Pick<Authorization, 'accessTokens' | 'admit'>,
  purpose: 'attestation' | 'management',
): Promise<Caller> {
  const token = bearerToken(request.headers.authorization);
  if (token === undefined) return refuseMissingToken();
  const caller = await verifyAccessToken(token, accessTokens, purpose, signalOf(request));
  admit(request, callerName(caller));
  addAuditContext(request, { caller: callerName(caller) });
  return caller;
}

function tell(request: FastifyRequest, caller: Caller, role: Role, isAllowed: boolean, provider?: string): void {
  const line = { caller: callerName(caller), role, provider, address: callerAddress(request), allowed: isAllowed };
  if (isAllowed) request.log.info(line, 'authorization');
  else request.log.warn(line, 'authorization');
}
