/** How a JWS is fuzzed: as its text, and as lines of its decoded parts, so that members of header and payload are changed. */

const encode = (text: string): string => Buffer.from(text).toString('base64url');
const decode = (text: string): string => Buffer.from(text, 'base64url').toString();

/** The seeds of a JWS: its text, and its decoded parts on a line each. */
export function jwsSeeds(jws: string): Uint8Array[] {
  const [header = '', payload = '', signature = ''] = jws.split('.');
  return [Buffer.from(jws), Buffer.from(`${decode(header)}\n${decode(payload)}\n${signature}`)];
}

/** The JWS of an input: lines of header, payload and signature are put together, anything else is taken as it is. */
export function jwsOf(input: Uint8Array): string {
  const text = Buffer.from(input).toString();
  const [header, payload, signature, ...rest] = text.split('\n');
  if (header === undefined || payload === undefined || signature === undefined || rest.length > 0) return text;
  return `${encode(header)}.${encode(payload)}.${signature}`;
}

/** Words of headers that mislead verifiers. */
export const jwsDictionary: readonly Uint8Array[] = [
  '"alg":"none"',
  '"alg":"HS256"',
  '"crit":["b64"],"b64":false,',
  '"b64":false,',
  '"jwk":{},',
  '"kid":',
  '"typ":"JWT",',
  '"exp":1e400',
  '"__proto__":{}',
  '..',
  '\n',
].map((word) => Buffer.from(word));
