/** Checks addresses of services. Only https is accepted: evidence, tokens and secrets are sent there. */
import { ClientError } from '../error.ts';

/** Checks a base URI and returns it without trailing slash. */
export function checkAddress(address: string, where: string): string {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || /[?#\s]/.test(address)) {
    throw new ClientError(
      'address-invalid',
      where,
      'it must be an absolute URI without credentials, query or fragment',
    );
  }
  if (url.protocol !== 'https:') {
    throw new ClientError('address-insecure', where, `it must begin with https://, not ${url.protocol}//`);
  }
  return address.replace(/\/+$/, '');
}

/** The base URI of a provider on a service. @param name undefined: the provider at the address of the service itself */
export function providerAddress(service: string, name: string | undefined): string {
  return name === undefined ? service : `${service}/providers/${encodeURIComponent(name)}`;
}
