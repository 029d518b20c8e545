/** Addresses of endorsement services. */

/** An address without its query: queries may hold keys and identifiers. */
export function withoutQuery(url: string): string {
  return url.split('?', 1)[0] ?? '';
}

/** Checks the address of a service: https, or http on the loopback interface. Throws a TypeError. */
export function checkBaseUrl(baseUrl: string): URL {
  const url = new URL(baseUrl);
  const loopback = ['127.0.0.1', '[::1]', 'localhost'].includes(url.hostname);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && loopback)) {
    throw new TypeError('the address of an endorsement service must begin with https://');
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('the address of an endorsement service must not have credentials, a query or a fragment');
  }
  return url;
}
