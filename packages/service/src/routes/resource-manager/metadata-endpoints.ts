/**
 * `GET /metadata/endpoints`: the service as a cloud of its own, for `az cloud register`, Terraform's `metadata_host` and other clients that can
 * be pointed at a resource manager. No members stand for services that are not here.
 */
import { requireVersionAmong } from '../../http/api-version.ts';
import type { Operation } from '../../http/operation.ts';
import { jsonType } from '../../http/reply.ts';
import { defaultProviderName } from '../../providers/default-provider.ts';
import type { ServiceContext } from '../../service-context.ts';
import { type Authority, authorityOf } from './authority.ts';

/** The shapes of each version; the two oldest are what Azure Stack's clients read. */
const versions = ['1.0', '2015-01-01', '2019-05-01', '2020-06-01', '2022-09-01'] as const;

interface Facts extends Authority {
  readonly resourceManager: string;
  readonly managementAudiences: readonly string[];
  readonly attestationAudience: string;
  /** What follows the name of a provider in its host name; without host names of their own, the host of all providers. */
  readonly attestationSuffix: string;
}

/** The operation; needs no token. */
export function metadataEndpoints(context: Pick<ServiceContext, 'config' | 'uriOf'>): Operation {
  return {
    method: 'GET',
    path: '/metadata/endpoints',
    isPublic: true,
    handle: (request, reply) => {
      const version = requireVersionAmong(request.query, versions);
      const facts = factsOf(context);
      const body = version < '2019' ? stackOf(facts) : version < '2022' ? [cloudOf(facts)] : cloudOf(facts);
      return reply.header('content-type', jsonType).send(JSON.stringify(body));
    },
  };
}

function factsOf({ config, uriOf }: Pick<ServiceContext, 'config' | 'uriOf'>): Facts {
  const { identity, providers } = config();
  const resourceManager = uriOf(defaultProviderName);
  return {
    ...authorityOf(identity.issuers),
    resourceManager: `${resourceManager}/`,
    managementAudiences: identity.managementAudiences,
    attestationAudience: identity.audiences[0] ?? '',
    attestationSuffix: providers.baseDomain ?? new URL(resourceManager).host,
  };
}

function stackOf({ loginEndpoint, managementAudiences }: Facts): object {
  return {
    galleryEndpoint: '',
    graphEndpoint: '',
    portalEndpoint: '',
    authentication: { loginEndpoint: `${loginEndpoint}/`, audiences: managementAudiences },
  };
}

function cloudOf(facts: Facts): object {
  const { loginEndpoint, tenant, managementAudiences, resourceManager, attestationAudience, attestationSuffix } = facts;
  return {
    name: 'Atesto',
    authentication: { loginEndpoint, audiences: managementAudiences, tenant, identityProvider: 'AAD' },
    resourceManager,
    // There is no directory to ask; clients refuse metadata without these, and name them only when they ask for users.
    graphAudience: resourceManager,
    microsoftGraphResourceId: resourceManager,
    attestationResourceId: attestationAudience,
    suffixes: { attestationEndpoint: attestationSuffix },
  };
}
