/** The signed forms in which policies and changes of policy signers are sent (Azure Attestation's JWT in JWT). */
import { createPrivateKey, type KeyObject, sign } from 'node:crypto';
import { misuse } from '../options.ts';
import { chainOf, kindOf, leafOf, signerKey } from './certificates.ts';

/** Who signs: a private key and the certificate chain that the provider knows, leaf first. */
export interface PolicySigner {
  /** PKCS#8, PKCS#1 or SEC 1, PEM. */
  readonly privateKey: string;
  /** PEM of one or several certificates. */
  readonly certificate: string;
}

/** For whom and until when a signed request counts (`aud` and `exp` of RFC 7519): it cannot be used at another provider, or later. */
export interface RequestBinding {
  /** The provider's URI without trailing slash: the issuer of its tokens. */
  readonly audience: string;
  /** Absent: it does not end. A policy should not: it is signed once and may be put in force again later. */
  readonly expiresAt?: Date;
}

const encode = (text: string): string => Buffer.from(text, 'utf8').toString('base64url');

/** A policy text as JWS in compact form: signed by the signer, without one unsecured (`alg` is `none`) and bound to nothing. */
export function policyJws(text: string, signer?: PolicySigner, binding?: RequestBinding): string {
  const policy = { AttestationPolicy: encode(text) };
  if (signer !== undefined) return signed(JSON.stringify({ ...policy, ...bindingClaims(binding) }), signer);
  return `${encode('{"alg":"none"}')}.${encode(JSON.stringify(policy))}.`;
}

/** The removal of a policy as JWS: its payload is empty, or says no more than for whom and until when it is. */
export function resetJws(signer?: PolicySigner, binding?: RequestBinding): string {
  if (signer === undefined) return `${encode('{"alg":"none"}')}..`;
  return signed(binding === undefined ? '' : JSON.stringify(bindingClaims(binding)), signer);
}

/** A certificate (PEM) to be added or removed as policy signer, as JWS by one who is a signer already. */
export function signerChangeJws(certificate: string, signer: PolicySigner, binding?: RequestBinding): string {
  return signed(JSON.stringify({ policyCertificate: signerKey(certificate), ...bindingClaims(binding) }), signer);
}

function bindingClaims(binding: RequestBinding | undefined): { aud?: string; exp?: number } {
  if (binding === undefined) return {};
  const { audience, expiresAt } = binding;
  return { aud: audience, ...(expiresAt === undefined ? {} : { exp: Math.floor(expiresAt.getTime() / 1000) }) };
}

function signed(payload: string, { privateKey, certificate }: PolicySigner): string {
  const key = keyOf(privateKey);
  const leaf = leafOf(certificate, "the signer's certificate");
  if (!leaf.checkPrivateKey(key)) misuse('signer', 'the certificate of the private key');
  const { alg, digest } = kindOf(leaf.publicKey);
  const header = JSON.stringify({ alg, x5c: chainOf(certificate, "the signer's certificate") });
  const input = `${encode(header)}.${encode(payload)}`;
  const signature = sign(digest, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
  return `${input}.${signature.toString('base64url')}`;
}

function keyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    return misuse('signer', 'a private key in PEM, without passphrase');
  }
}
