/** Which versions of the contract are spoken, and which of two is older? */
import { refuseRequest } from './refusal.ts';

/** From the oldest to the newest; each accepts what those before it accepted. */
export const apiVersions = [
  '2018-09-01-preview',
  '2020-10-01',
  '2022-08-01',
  '2022-09-01-preview',
  '2025-06-01',
] as const;

/** A version of the contract. */
export type ApiVersion = (typeof apiVersions)[number];

/** Reads the query parameter `api-version`. Refuses with `api-version-missing` or `api-version-unknown`. */
export function requireApiVersion(query: unknown): ApiVersion {
  return requireVersion(query, apiVersions);
}

/** The same among the versions of another API. */
export function requireVersion<Version extends string>(query: unknown, versions: readonly Version[]): Version {
  const found = versionAmong(query, versions);
  return found ?? refuseRequest('api-version-missing', 'api-version', `add api-version=${versions.at(-1)}`);
}

/** The same where clients may leave it out. */
export function optionalApiVersion(query: unknown): ApiVersion | undefined {
  return versionAmong(query, apiVersions);
}

function versionAmong<Version extends string>(query: unknown, versions: readonly Version[]): Version | undefined {
  const given: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'api-version') : undefined;
  if (given === undefined) return undefined;
  const known = versions.find((version) => version === given);
  return known ?? refuseRequest('api-version-unknown', 'api-version', `it must be one of ${versions.join(', ')}`);
}
