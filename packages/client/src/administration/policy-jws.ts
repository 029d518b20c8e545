/** The signed forms in which policies and changes of policy signers are sent (Azure Attestation's JWT in JWT). */
import { createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { ClientError } from '../error.ts';

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
  const x5c = chainOf(certificate, 'the certificate');
  const { kty, alg } = kindOf(leafOf(certificate, 'the certificate').publicKey);
  const policyCertificate = { kty, alg, use: 'sig', x5c };
  return signed(JSON.stringify({ policyCertificate, ...bindingClaims(binding) }), signer);
}

function bindingClaims(binding: RequestBinding | undefined): { aud?: string; exp?: number } {
  if (binding === undefined) return {};
  const { audience, expiresAt } = binding;
  return { aud: audience, ...(expiresAt === undefined ? {} : { exp: Math.floor(expiresAt.getTime() / 1000) }) };
}

function signed(payload: string, { privateKey, certificate }: PolicySigner): string {
  const key = keyOf(privateKey);
  const leaf = leafOf(certificate, "the signer's certificate");
  if (!leaf.checkPrivateKey(key)) {
    throw new ClientError('option-invalid', 'signer', 'the certificate is not of the private key');
  }
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
    throw new ClientError(
      'option-invalid',
      'signer',
      'the private key cannot be read; write it in PEM, without passphrase',
    );
  }
}

function leafOf(pem: string, what: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch {
    throw new ClientError('option-invalid', 'signer', `${what} cannot be read; write it in PEM`);
  }
}

/** The certificates of a PEM text as JWS headers have them: base64 of the DER. */
function chainOf(pem: string, what: string): string[] {
  const blocks = pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map((block) => leafOf(block, what).raw.toString('base64'));
}

const curves: Readonly<Record<string, { alg: string; digest: string }>> = {
  prime256v1: { alg: 'ES256', digest: 'sha256' },
  secp384r1: { alg: 'ES384', digest: 'sha384' },
  secp521r1: { alg: 'ES512', digest: 'sha512' },
};

function kindOf(key: KeyObject): { readonly kty: string; readonly alg: string; readonly digest: string } {
  if (key.asymmetricKeyType === 'rsa') return { kty: 'RSA', alg: 'RS256', digest: 'sha256' };
  const curve = curves[key.asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve !== undefined) return { kty: 'EC', ...curve };
  throw new ClientError('option-invalid', 'signer', 'policy signers have RSA keys or keys on P-256, P-384 or P-521');
}
