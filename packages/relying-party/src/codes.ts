/** The refusal codes of a relying party in three groups, and the codes of its misuse, each with its meaning. */

/** The token itself cannot be trusted: its bearer must bring another one. */
export const tokenRefusals = {
  'token-missing': 'The request carries no attestation token.',
  'binding-missing': 'The request carries nothing that its token could be bound to, such as a client certificate.',
  'token-too-large': 'The token is longer than one mebibyte.',
  'token-malformed': 'The token is not a compact JWS whose header and payload are JSON objects.',
  'token-unsecured': 'The token has no signature: it was issued for a draft policy and proves nothing.',
  'algorithm-refused': 'The token is signed with an algorithm that is not accepted.',
  'issuer-foreign': 'The token was issued by a provider that is not pinned.',
  'jku-foreign': "The token's jku is not the pinned issuer's certs URI.",
  'key-unknown': 'The issuer does not publish the key that the token names.',
  'key-unsuitable': "The key that the token names is not for the token's algorithm.",
  'signature-invalid': 'The signature of the token does not verify under the key that it names.',
  'claim-missing': 'The token lacks a claim that every attestation token carries, or that an expectation needs.',
  'claim-malformed': 'A claim of the token has the wrong type.',
  'token-expired': 'The token has expired.',
  'token-not-yet-valid': 'The token is not valid yet, or was issued in the future.',
} as const;

/** The issuer's keys cannot be had, so nothing is known of the token: try again later. */
export const keyRefusals = {
  'keys-unavailable': "The issuer's keys could not be fetched.",
  'keys-malformed': "The issuer's answer is not a JSON Web Key Set.",
} as const;

/** The token is genuine, but what it is about does not meet an expectation. */
export const expectationRefusals = {
  'development-root': 'The evidence was vouched for by a development root, such as a simulator: it proves nothing.',
  'debug-enabled': 'The enclave or machine can be debugged, so its memory is not secret.',
  'debug-unknown': 'The token does not say whether the enclave or machine can be debugged.',
  'attestation-type-unexpected': 'The token is about another type of environment than expected.',
  'policy-hash-unexpected': 'The token was issued under another policy than expected.',
  'nonce-unexpected': 'The token carries another nonce than expected, or none.',
  'runtime-data-unexpected': 'The runtime data or key in the token is not the expected one.',
  'mr-signer-unexpected': 'The enclave was signed by another signer than expected.',
  'mr-enclave-unexpected': 'The enclave holds other code than expected.',
  'product-id-unexpected': 'The enclave is another product of the signer than expected.',
  'svn-too-low': 'The security version of the enclave is below the expected minimum.',
  'launch-measurement-unexpected': 'The machine was launched with other code than expected.',
  'guest-svn-too-low': 'The security version of the guest is below the expected minimum.',
  'mr-td-unexpected': 'The trust domain was built from other code than expected.',
  'claim-unexpected': 'A claim has another value than expected.',
} as const;

/** Every refusal code of the relying party with its meaning. */
export const relyingPartyCodes = { ...tokenRefusals, ...keyRefusals, ...expectationRefusals } as const;

/** A refusal code of the relying party. New codes come with minor releases: a `switch` needs a `default`. */
export type RelyingPartyCode = keyof typeof relyingPartyCodes;

/** What a refusal is about: `token`: wrong token (401); `keys`: keys unreachable (503); `expectation`: not what is expected (403). */
export type RefusalGroup = 'token' | 'keys' | 'expectation';

/** The group of a code. */
export function refusalGroup(code: RelyingPartyCode): RefusalGroup {
  if (Object.hasOwn(keyRefusals, code)) return 'keys';
  return Object.hasOwn(expectationRefusals, code) ? 'expectation' : 'token';
}

/** Codes of the configuration errors of this package, beside those of every package: never caused by a token. */
export const configurationCodes = {
  'issuer-invalid':
    'A pinned issuer is not an https URI (http only for loopback) without trailing slash, query and fragment.',
  'decision-missing': "An expectation is left out; say what is expected, or 'any'.",
  'expectation-malformed': 'An expectation does not exist, or has the wrong shape.',
} as const;

/** A code of a configuration error of this package. */
export type RelyingPartyConfigurationCode = keyof typeof configurationCodes;
