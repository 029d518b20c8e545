/** Decides which role a caller has: claims of the access token are matched against the configured rules; without a match there is no role. */
import type { z } from 'zod';
import type { roleNames, roleRule } from '../config/roles-schema.ts';
import type { Caller } from '../identity/access-token.ts';

/**
 * `attestation-reader`: reads policies, signers and audit entries of a provider. `attestation-contributor`: changes policies and
 * signers as well. `service-administrator`: makes and removes providers, and everything else.
 */
export type Role = (typeof roleNames)[number];

/** One rule, see `identity.roles`. */
export type RoleRule = z.output<typeof roleRule>;

/** The roles that include a role. */
const including: Readonly<Record<Role, readonly Role[]>> = {
  'attestation-reader': ['attestation-reader', 'attestation-contributor', 'service-administrator'],
  'attestation-contributor': ['attestation-contributor', 'service-administrator'],
  'service-administrator': ['service-administrator'],
};

/** Whether a caller has a role at a provider; without provider: at the service. */
export function hasRole(rules: readonly RoleRule[], caller: Caller, role: Role, provider?: string): boolean {
  return rules.some((rule) => including[role].includes(rule.role) && meets(rule, caller, provider?.toLowerCase()));
}

function meets(rule: RoleRule, { issuer, claims }: Caller, provider: string | undefined): boolean {
  if (rule.issuer !== undefined && rule.issuer !== issuer) return false;
  if (rule.role !== 'service-administrator' && !reaches(rule, provider)) return false;
  const value = valueFor(rule.value, provider);
  return value !== undefined && Object.hasOwn(claims, rule.claim) && has(rule.claim, claims[rule.claim], value);
}

function reaches({ providers = [] }: RoleRule, provider: string | undefined): boolean {
  if (provider === undefined) return false;
  return providers.some((name) => name === '*' || name.toLowerCase() === provider);
}

/** Undefined when the value names a provider and there is none. */
function valueFor(value: string, provider: string | undefined): string | undefined {
  if (!value.includes('{provider}')) return value;
  return provider === undefined ? undefined : value.replaceAll('{provider}', provider);
}

/** Scopes are one text with spaces between them (RFC 8693, section 4.2); groups and roles are lists. */
function has(claim: string, found: unknown, value: string): boolean {
  if (Array.isArray(found)) return found.includes(value);
  if (typeof found !== 'string') return false;
  return claim === 'scp' || claim === 'scope' ? found.split(' ').includes(value) : found === value;
}
