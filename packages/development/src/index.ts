/** Development certificates and a development OpenID provider, in the shape that the service's `development` option takes. */
import { developmentCertificate } from './certificate.ts';
import { startOpenIdProvider } from './openid-provider.ts';

export { type DevelopmentCertificate, developmentCertificate } from './certificate.ts';
export {
  type DevelopmentClient,
  type OpenIdProvider,
  type OpenIdProviderOptions,
  startOpenIdProvider,
} from './openid-provider.ts';

/**
 * Pass this as `development` to the service's `startService`.
 *
 * @example
 * const service = await startService({ environment: 'development' }, { development });
 */
export const development = { certificate: developmentCertificate, startOpenIdProvider } as const;
