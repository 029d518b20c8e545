/** Checks addresses of services. Only https is accepted: evidence, tokens and secrets are sent there. */
import type { ClientConfigurationCode } from '../codes.ts';
import { misuse } from '../options.ts';

/** What is wrong with an address. */
export interface AddressFault {
  readonly code: ClientConfigurationCode;
  /** In words. */
  readonly expected: string;
}

/** What is wrong with a base URI; undefined: nothing. */
export function addressFault(address: unknown): AddressFault | undefined {
  const url = typeof address === 'string' && URL.canParse(address) ? new URL(address) : undefined;
  if (url === undefined || url.username !== '' || url.password !== '' || /[?#\s]/.test(String(address))) {
    return { code: 'address-invalid', expected: 'an absolute URI without credentials, query or fragment' };
  }
  return url.protocol === 'https:'
    ? undefined
    : { code: 'address-insecure', expected: `https://, not ${url.protocol}//` };
}

/** Checks a base URI and returns it without trailing slash. Throws `ConfigurationError`. */
export function checkAddress(address: string, option: string): string {
  const fault = addressFault(address);
  return fault === undefined ? address.replace(/\/+$/, '') : misuse(option, fault.expected, fault.code);
}

/** The base URI of a provider on a service. @param name undefined: the provider at the address of the service itself */
export function providerAddress(service: string, name: string | undefined): string {
  return name === undefined ? service : `${service}/providers/${encodeURIComponent(name)}`;
}
