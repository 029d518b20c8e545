/**
 * The administrator's side: providers, policies, policy signers, audit record.
 *
 * @module client/admin
 */
export {
  type ChangeOptions,
  type PolicyChange,
  type PolicyInForce,
  ProviderAdministration,
  type SignerChange,
} from './client.ts';
export type { Exchange, ExchangeDeps } from './exchange.ts';
export { type AdministrationClient, type AdministrationOptions, createAdministrationClient } from './open.ts';
export { type PolicySigner, policyJws, type RequestBinding, resetJws, signerChangeJws } from './policy-jws.ts';
export {
  type PolicySignerDescription,
  type ProviderCreation,
  type ProviderDescription,
  type ProviderPlace,
  ProvidersClient,
} from './providers.ts';
