/**
 * Seals a token so that only the guest's vTPM can read it: AES-256-GCM under a fresh key, the key RSAES-PKCS1-v1_5 under
 * the guest's encryption key. Source: Azure Attestation REST contract, AttestAzureGuest; the protocol's guest clients.
 */
import { constants, createCipheriv, type KeyObject, publicEncrypt, randomBytes } from 'node:crypto';

const keyBytes = 32;
const ivBytes = 12;
const additionalData = Buffer.from('Transport Key', 'ascii');

/**
 * Seals a token: base64url of a JSON document, the bytes in which are standard base64.
 * @param encryptionKey RSA; only its private half, in the vTPM, opens the reply
 */
export function sealReply(token: string, encryptionKey: KeyObject): string {
  const key = randomBytes(keyBytes);
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(additionalData);
  const sealed = Buffer.concat([cipher.update(token, 'utf8'), cipher.final()]);
  const wrapped = publicEncrypt({ key: encryptionKey, padding: constants.RSA_PKCS1_PADDING }, key);
  const document = {
    Jwt: sealed.toString('base64'),
    EncryptedInnerKey: wrapped.toString('base64'),
    EncryptionParams: {
      BlockMode: 'ChainingModeGCM',
      BlockPadding: 'PKCS7',
      Cipher: 'AES',
      KeySizeInBits: 8 * keyBytes,
      Iv: iv.toString('base64'),
    },
    AuthenticationData: cipher.getAuthTag().toString('base64'),
  };
  return Buffer.from(JSON.stringify(document)).toString('base64url');
}
