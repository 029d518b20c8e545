/** Callers of every role, for services that accept one OpenID issuer under the tests' control. */

import { developmentCertificate } from '@atesto/development';
import { stateDirectory } from '@atesto/store/testing';
import type { ServiceSettings } from '../config/schema.ts';
import { startIssuer } from './openid-issuer.ts';

const tls = await developmentCertificate(stateDirectory(), ['127.0.0.1', 'localhost']);
const issuer = await startIssuer(tls);

/** Settings under which {@link tokenOf} gives roles: `readers` and `contributors` of each provider, and `administrators`. */
export const identity: NonNullable<ServiceSettings['identity']> = {
  issuers: [{ issuer: issuer.issuer, caFile: tls.caFile }],
  roles: [
    { role: 'attestation-reader', claim: 'groups', value: '{provider}-readers', providers: ['*'] },
    { role: 'attestation-contributor', claim: 'groups', value: '{provider}-contributors', providers: ['*'] },
    { role: 'service-administrator', claim: 'groups', value: 'administrators' },
  ],
};

/** The header of a caller whose token has these claims. */
export async function bearerWith(claims: Readonly<Record<string, unknown>>): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await issuer.sign({ claims })}` };
}

/** The header of a caller with these groups. */
export async function bearer(subject: string, ...groups: string[]): Promise<{ authorization: string }> {
  return { authorization: `Bearer ${await issuer.sign({ claims: { sub: subject, groups } })}` };
}

/** The same for the resource-provider API. */
export async function managementBearer(subject: string, ...groups: string[]): Promise<{ authorization: string }> {
  const claims = { sub: subject, groups, aud: 'https://management.azure.com' };
  return { authorization: `Bearer ${await issuer.sign({ claims })}` };
}

/** How the audit record names a caller. */
export function named(subject: string): string {
  return `${issuer.issuer}#${subject}`;
}
