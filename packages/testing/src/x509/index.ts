/**
 * Keys, and what simulated certificates and revocation lists may say otherwise than a faultless vendor's.
 *
 * @module testing/x509
 */
export type { CertificateExtension, CertificateFields, CertificateOverrides } from './certificate.ts';
export type { CrlFields, CrlOverrides } from './crl.ts';
export { type Curve, generateEcKeys, type KeyPair } from './keys.ts';
