/** Brings a chain of certificates into the order in which it is verified: tools write it leaf first or root first. */
import { X509Certificate } from 'node:crypto';

const block = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
/** More than any chain here has. */
const longestChain = 16;

/**
 * The chain with each certificate before its issuer, by their names. A text that is in order, or in no order that can be seen, is given back as it
 * is: what is wrong with it is for its verification to say.
 */
export function leafFirst(pem: string): string {
  const blocks = pem.match(block) ?? [];
  if (blocks.length < 2 || blocks.length > longestChain) return pem;
  try {
    const certificates = blocks.map((text) => new X509Certificate(text));
    const chain = ordered(certificates);
    if (chain === undefined || chain.every((certificate, index) => certificate === certificates[index])) return pem;
    return chain.map((certificate) => certificate.toString()).join('');
  } catch {
    return pem;
  }
}

/** From the one that issued none of the others; undefined when there is not exactly one, or one is left over. */
function ordered(certificates: readonly X509Certificate[]): X509Certificate[] | undefined {
  const leaves = certificates.filter((one) => {
    return !certificates.some((other) => other !== one && other.issuer === one.subject);
  });
  const [leaf, another] = leaves;
  if (leaf === undefined || another !== undefined) return undefined;
  const chain = [leaf];
  for (let last = leaf; chain.length < certificates.length; ) {
    const issuer = certificates.find((one) => !chain.includes(one) && one.subject === last.issuer);
    if (issuer === undefined) return undefined;
    chain.push(issuer);
    last = issuer;
  }
  return chain;
}
