/** `GET /tcbbaselines/{type}`: the TCB baselines that a policy can select (`x-ms-sgx-tcbidentifier`), and the selected one. */
import { requireApiVersion } from '../http/api-version.ts';
import type { Operation } from '../http/operation.ts';
import { jsonType } from '../http/reply.ts';
import type { Provider } from '../providers/provider.ts';
import type { SelectableTcbBaseline } from '../providers/tcb-baselines.ts';
import type { ServiceContext } from '../service-context.ts';
import { policyAt } from './policies/place.ts';

/** As on the wire. */
interface WireBaseline {
  readonly tcbIdentifier: string;
  readonly tcbEvaluationDataNumber: number;
  /** Absent: the operator did not list it. */
  readonly tcbReleaseDate?: string;
  readonly minimumPswLinuxVersion?: string;
  readonly minimumPswWindowsVersion?: string;
  readonly isSelectedTcb: boolean;
}

/** The operation; for readers. */
export function getTcbBaselines(context: ServiceContext): Operation {
  return {
    method: 'GET',
    path: '/tcbbaselines/:type',
    audit: 'read-tcb-baselines',
    handle: async (request, reply) => {
      requireApiVersion(request.query);
      const { provider, attestationType } = await policyAt(context, request, 'attestation-reader');
      const tcbBaselines = baselinesFor(provider, attestationType);
      return reply.header('content-type', jsonType).send(JSON.stringify({ tcbBaselines }));
    },
  };
}

/** What each type has of baselines that policies choose; only Intel numbers its own. */
function baselinesFor(provider: Provider, attestationType: string): WireBaseline[] {
  const technology = technologies.get(attestationType);
  if (technology === undefined) return [];
  const selected = provider.policyOf(attestationType)?.policy.minimumTcbEvaluationDataNumber ?? 0;
  const isListed = provider.tcbBaselines.some((one) => one.tcbEvaluationDataNumber === selected);
  const unlisted = selected === 0 || isListed ? [] : [unlistedBaseline(selected)];
  return [
    {
      tcbIdentifier: 'azuredefault',
      tcbEvaluationDataNumber: provider.baseline[technology].minimumTcbEvaluationDataNumber,
      isSelectedTcb: selected === 0,
    },
    ...unlisted,
    ...provider.tcbBaselines.map((one) => wireBaseline(one, selected)),
  ];
}

const technologies: ReadonlyMap<string, 'sgx' | 'tdx'> = new Map([
  ['SgxEnclave', 'sgx'],
  ['OpenEnclave', 'sgx'],
  ['TdxVm', 'tdx'],
]);

/** A policy may name any number. */
function unlistedBaseline(number: number): WireBaseline {
  return { tcbIdentifier: String(number), tcbEvaluationDataNumber: number, isSelectedTcb: true };
}

function wireBaseline(baseline: SelectableTcbBaseline, selected: number): WireBaseline {
  const { tcbEvaluationDataNumber, releaseDate, minimumPswLinuxVersion, minimumPswWindowsVersion } = baseline;
  return {
    tcbIdentifier: String(tcbEvaluationDataNumber),
    tcbEvaluationDataNumber,
    tcbReleaseDate: `${releaseDate}T00:00:00Z`,
    ...(minimumPswLinuxVersion === undefined ? {} : { minimumPswLinuxVersion }),
    ...(minimumPswWindowsVersion === undefined ? {} : { minimumPswWindowsVersion }),
    isSelectedTcb: tcbEvaluationDataNumber === selected,
  };
}
