/** The refusal codes of certificates, chains and revocation lists. */
export const x509Codes = {
  'der-malformed': 'A structure is not in the distinguished encoding rules (DER), or nests or ends where it must not.',
  'pem-malformed': 'A text that must hold PEM certificates does not, or holds none or too many.',
  'certificate-malformed': 'A certificate does not have the structure of X.509 version 3.',
  'certificate-signature-algorithm':
    'A certificate or revocation list is signed with an algorithm that is not accepted.',
  'certificate-key': 'The public key of a certificate is not of a kind, size or exponent that is accepted.',
  'certificate-extension-unknown': 'A certificate or revocation list has a critical extension that is not understood.',
  'chain-length': 'A chain has fewer or more certificates than its kind has.',
  'chain-root-untrusted': 'A chain does not end in a root that is pinned or configured.',
  'chain-name': 'A certificate was not issued in the name of the next one of its chain.',
  'chain-signature': 'A certificate was not signed by the key of the next one of its chain.',
  'chain-not-yet-valid': 'A certificate is not valid yet at the time of appraisal.',
  'chain-expired': 'A certificate is no longer valid at the time of appraisal.',
  'chain-not-a-ca': 'A certificate that issued another one is not marked as a certification authority.',
  'chain-path-length': 'More certification authorities follow than a path length constraint allows.',
  'chain-key-usage': 'A certificate was used for something that its key usage does not allow.',
  'crl-malformed': 'A certificate revocation list does not have the structure of X.509 version 2.',
  'crl-issuer': 'A revocation list was not issued by the authority whose certificates it is asked about.',
  'crl-signature': 'A revocation list was not signed by its issuer.',
  'crl-not-yet-valid': 'A revocation list was issued after the time of appraisal.',
  'certificate-revoked': 'A certificate is on its revocation list.',
  'did-x509': 'A certificate chain does not belong to the did:x509 identifier it is presented for.',
} as const;
/** A code with which certificates and revocation lists are refused. */
export type X509Code = keyof typeof x509Codes;
