/** TEMPORARY until the policy package lands. */
import { createHash } from 'node:crypto';
import type { JsonValue } from '@atesto/token';

export interface PolicyClaim {
  readonly type: string;
  readonly value: string | bigint | boolean;
  readonly issuer: 'AttestationService' | 'CustomClaim';
}

export interface ProviderPolicy {
  readonly hash: string;
  readonly evaluate: (claims: readonly PolicyClaim[]) => {
    authorized: boolean;
    issued: readonly (readonly [string, JsonValue])[];
  };
}

const aliases = ['is-debuggable', 'sgx-mrsigner', 'sgx-mrenclave', 'product-id', 'svn'];
export function policyOfText(text: string): ProviderPolicy {
  const inner = Buffer.from(text).toString('base64url');
  return {
    hash: createHash('sha256').update(inner).digest('base64url'),
    evaluate: (claims) => ({
      authorized: text.includes('permit'),
      issued: claims.flatMap(({ type, value }) => {
        const name = aliases.find((alias) => type === `x-ms-${alias.startsWith('sgx-') ? '' : 'sgx-'}${alias}`);
        return name === undefined ? [] : [[name, typeof value === 'bigint' ? Number(value) : value] as const];
      }),
    }),
  };
}

export function configuredPolicies(): ReadonlyMap<string, ProviderPolicy> {
  const policy = policyOfText('version= 1.0;authorizationrules{=> permit();};');
  return new Map([
    ['SgxEnclave', policy],
    ['OpenEnclave', policy],
  ]);
}
