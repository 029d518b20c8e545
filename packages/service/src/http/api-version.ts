/** Every version of Azure's two APIs that was ever published or is sent by a client: where it is from, and what it changed. */
import type { ServiceCode } from '../codes.ts';
import { refuseRequest } from './refusal.ts';

/** One version. Each operation accepts what older and newer versions of its API sent. */
interface PublishedVersion {
  /** A date; previews have a suffix. */
  readonly version: string;
  /** Where it was published: files of Azure/azure-rest-api-specs under `specification/attestation`, or a client that sends it. */
  readonly source: string;
  /** What it changed against the version before it. */
  readonly changed: string;
}

/** The versions of the attestation API (Azure's data plane), from the oldest to the newest. */
export const attestationVersions = [
  {
    version: '2018-09-01-preview',
    source: 'data-plane preview/2018-09-01-preview; Azure PowerShell',
    changed:
      'policies and signers under /operations/policy, members Quote and EnclaveHeldData, access tokens for SGX enclaves',
  },
  { version: '2018-09-01', source: 'data-plane stable/2018-09-01 (367e26e), a draft', changed: 'nothing' },
  {
    version: '2020-10-01',
    source: 'data-plane stable/2020-10-01; clients for .NET, Java, JavaScript, Python, C++',
    changed: 'policies under /policies, signers under /certificates, runtimeData and initTimeData, anonymous calls',
  },
  { version: '2022-08-01', source: 'data-plane stable/2022-08-01; az attestation', changed: 'SevSnpVm' },
  {
    version: '2022-09-01-preview',
    source: 'data-plane preview/2022-09-01-preview',
    changed: 'TCB baselines',
  },
  { version: '2022-09-01', source: 'data-plane stable/2022-09-01 (5842ba6), a draft', changed: 'nothing' },
  {
    version: '2023-04-01-preview',
    source: 'Azure/cvm-attestation-tools, src/endpoint_selector.py; never specified in public',
    changed: 'TdxVm',
  },
  {
    version: '2025-06-01',
    source: 'data-plane stable/2025-06-01; client for Python',
    changed: 'AzureGuest specified; signers are named by objects as well as by strings',
  },
  {
    version: '2026-03-11-preview',
    source: 'data-plane preview/2026-03-11-preview (7bc2bdf)',
    changed:
      'servicehealth, policies for AiHsm, KeyGuard, MdepTz and Pluton, drafts for AzureGuest, errors with details',
  },
] as const satisfies readonly PublishedVersion[];

/** The versions of the resource-provider API, from the oldest to the newest. */
export const managementVersions = [
  {
    version: '2018-09-01-preview',
    source: 'resource-manager preview/2018-09-01-preview; az attestation 0.1',
    changed: 'providers with trust model, status and attestUri',
  },
  { version: '2018-09-01', source: 'resource-manager stable/2018-09-01 (241faf7), a draft', changed: 'nothing' },
  {
    version: '2020-10-01',
    source: 'resource-manager stable/2020-10-01; az attestation, Terraform',
    changed: 'default providers, private endpoint connections',
  },
  {
    version: '2021-06-01-preview',
    source: 'resource-manager preview/2021-06-01-preview',
    changed: 'publicNetworkAccess, private link resources',
  },
  {
    version: '2021-06-01',
    source: 'resource-manager stable/2021-06-01; az attestation, clients for JavaScript, Python, Go, .NET',
    changed: 'tpmAttestationAuthentication',
  },
  { version: '2022-08-01', source: 'resource-manager stable/2022-08-01 (0430b03), a draft', changed: 'nothing' },
] as const satisfies readonly PublishedVersion[];

/** A version of the attestation API. */
export type ApiVersion = (typeof attestationVersions)[number]['version'];
/** A version of the resource-provider API. */
export type ManagementVersion = (typeof managementVersions)[number]['version'];

/** Reads the query parameter `api-version`. Refuses with `api-version-missing` or `api-version-unknown`. */
export function requireApiVersion(query: unknown): ApiVersion {
  return optionalApiVersion(query) ?? refuseMissing('2025-06-01');
}

/** The same where clients may leave it out. */
export function optionalApiVersion(query: unknown): ApiVersion | undefined {
  return versionAmong(query, attestationVersions, 'api-version-unknown');
}

/** The same for the resource-provider API. Refuses with `api-version-missing` or `management-api-version-unknown`. */
export function requireManagementVersion(query: unknown): ManagementVersion {
  const found = versionAmong(query, managementVersions, 'management-api-version-unknown');
  return found ?? refuseMissing('2021-06-01');
}

/** The same for another API of the resource manager, by the names of its versions from the oldest to the newest. */
export function requireVersionAmong<Version extends string>(query: unknown, versions: readonly Version[]): Version {
  const published = versions.map((version) => ({ version }));
  const found = versionAmong(query, published, 'management-api-version-unknown');
  return found ?? refuseMissing(versions.at(-1) ?? '');
}

/** Whether a version of the resource-provider API has what another one introduced. */
export function includesManagementVersion(version: ManagementVersion, introduced: ManagementVersion): boolean {
  const order = managementVersions.map((published) => published.version);
  return order.indexOf(version) >= order.indexOf(introduced);
}

function versionAmong<Version extends string>(
  query: unknown,
  published: readonly { readonly version: Version }[],
  unknown: ServiceCode,
): Version | undefined {
  const given: unknown = typeof query === 'object' && query !== null ? Reflect.get(query, 'api-version') : undefined;
  if (given === undefined) return undefined;
  const known = published.find(({ version }) => version === given);
  if (known !== undefined) return known.version;
  const names = published.map(({ version }) => version).join(', ');
  return refuseRequest(unknown, 'api-version', `it is not supported; the supported api-versions are '${names}'`);
}

function refuseMissing(newestStable: string): never {
  const why = `the query parameter ?api-version= is required; add api-version=${newestStable}`;
  return refuseRequest('api-version-missing', 'api-version', why);
}
