/** Generates and imports signing keys. Only this module of the package draws randomness: node:crypto generates the key. */
import { createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { keyFault, nodeKeyFacts, settleAsync } from '@atesto/core';
import { checkIssuer } from '../issuer.ts';
import { refuse, type TokenOutcome } from '../refusal.ts';
import { algorithmFacts, isSigningAlgorithm, type SigningAlgorithm, signingAlgorithms } from './algorithm.ts';
import { type CertificateExtension, issueCertificate } from './certificate.ts';
import { type HeldSigningKey, heldSigningKeyOf, type Sign, type SigningKey, signingKeyOf } from './signing-key.ts';

/** The issuer, algorithm and certificate of a new signing key. */
export interface SigningKeyRequest {
  /** Default `RS256` with a 2048-bit modulus, the only algorithm that every official client verifies. */
  readonly algorithm?: SigningAlgorithm;
  /** Provider URI without trailing slash. The certificate contains it unchanged: `CN=<issuer>`. */
  readonly issuer: string;
  /** Validity of the certificate; fractions of a second are dropped. */
  readonly notBefore: Date;
  readonly notAfter: Date;
  /**
   * Further certificate extensions, made when the key is known: the service's own evidence commits to the public key, given as DER
   * SubjectPublicKeyInfo. Absent: none.
   */
  readonly extensions?: (
    spki: Uint8Array,
  ) => readonly CertificateExtension[] | Promise<readonly CertificateExtension[]>;
}

/** Generates a key and its self-signed certificate. Refuses an unusable issuer, an unknown algorithm and an empty validity. */
export async function generateSigningKey(request: SigningKeyRequest): Promise<TokenOutcome<SigningKey>> {
  return settleAsync(async () => {
    const algorithm = checkRequest(request);
    const { privateKey, publicKey } = await generatePair(algorithm);
    const certificate = await certify(request, algorithm, publicKey, (bytes) => signWith(privateKey, algorithm, bytes));
    return signingKeyOf(algorithm, request.issuer, privateKey, certificate);
  });
}

/**
 * Makes a signing key from a private key that was generated elsewhere. Refuses as {@link generateSigningKey}, and with `key-unusable`
 * a key of another type than the algorithm's: RSA of 2048 to 8192 bits, or the algorithm's curve.
 */
export async function importSigningKey(
  request: SigningKeyRequest,
  privateKey: KeyObject,
): Promise<TokenOutcome<SigningKey>> {
  return settleAsync(async () => {
    const algorithm = checkRequest(request);
    if (privateKey.type !== 'private') refuse('key-unusable', 'private key', 'it is not a private key');
    checkKey(privateKey, algorithm, 'private key');
    const publicKey = createPublicKey(privateKey);
    const certificate = await certify(request, algorithm, publicKey, (bytes) => signWith(privateKey, algorithm, bytes));
    return signingKeyOf(algorithm, request.issuer, privateKey, certificate);
  });
}

function checkKey(given: KeyObject, algorithm: SigningAlgorithm, where: string): void {
  const facts = nodeKeyFacts(given);
  const { key } = algorithmFacts[algorithm];
  const isOfKind = key.type === 'rsa' ? facts.kind === 'rsa' : facts.kind === 'curve' && facts.curve === key.curve;
  if (!isOfKind) {
    refuse('key-unusable', where, `${algorithm} needs ${key.type === 'rsa' ? 'an RSA key' : `a key on ${key.curve}`}`);
  }
  const fault = keyFault('token', facts);
  if (fault !== undefined) refuse('key-unusable', where, `the key ${fault}`);
}

/**
 * Makes the self-signed certificate of a new key that is held elsewhere, such as in an HSM. Refuses as {@link generateSigningKey}; errors
 * that `sign` throws pass through.
 */
export async function certifyHeldKey(
  request: SigningKeyRequest,
  publicKey: KeyObject,
  sign: Sign,
): Promise<TokenOutcome<HeldSigningKey>> {
  return settleAsync(async () => {
    const algorithm = checkRequest(request);
    checkKey(publicKey, algorithm, 'public key');
    const certificate = await certify(request, algorithm, publicKey, sign);
    return heldSigningKeyOf(algorithm, request.issuer, sign, certificate);
  });
}

function checkRequest({ algorithm = 'RS256', issuer, notBefore, notAfter }: SigningKeyRequest): SigningAlgorithm {
  checkIssuer(issuer);
  if (!isSigningAlgorithm(algorithm)) {
    refuse('algorithm-unknown', 'algorithm', `the algorithm must be one of ${signingAlgorithms.join(', ')}`);
  }
  checkValidity(notBefore, notAfter);
  return algorithm;
}

async function certify(
  { issuer, notBefore, notAfter, extensions = () => [] }: SigningKeyRequest,
  algorithm: SigningAlgorithm,
  publicKey: KeyObject,
  sign: Sign,
): Promise<Uint8Array> {
  const spki = new Uint8Array(publicKey.export({ format: 'der', type: 'spki' }));
  return issueCertificate({
    algorithm,
    issuer,
    publicKey,
    sign,
    notBefore,
    notAfter,
    extensions: await extensions(spki),
  });
}

async function signWith(privateKey: KeyObject, algorithm: SigningAlgorithm, bytes: Uint8Array): Promise<Uint8Array> {
  const { digest, signOptions } = algorithmFacts[algorithm];
  return sign(digest, bytes, { key: privateKey, ...signOptions });
}

function checkValidity(notBefore: Date, notAfter: Date): void {
  if (!(Math.floor(notBefore.getTime() / 1000) < Math.floor(notAfter.getTime() / 1000))) {
    refuse('validity-invalid', 'notAfter', 'the certificate must end at least one second after it begins');
  }
}

const generate = promisify(generateKeyPair);

function generatePair(algorithm: SigningAlgorithm): Promise<{ privateKey: KeyObject; publicKey: KeyObject }> {
  const { key } = algorithmFacts[algorithm];
  return key.type === 'rsa'
    ? generate('rsa', { modulusLength: key.modulusBits })
    : generate('ec', { namedCurve: key.curve });
}
