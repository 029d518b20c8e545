/** The refusal codes of a relying party, each with its meaning. */

/** The token itself cannot be trusted. */
export const tokenRefusals = {
  'token-missing': 'The request carries no attestation token.',
  'token-too-large': 'The token is longer than one mebibyte.',
  'token-malformed': 'The token is not a compact JWS whose header and payload are JSON objects.',
  'token-unsecured': 'The token has no signature: it was issued for a draft policy and proves nothing.',
  'algorithm-refused': 'The token is signed with an algorithm that is not accepted.',
  'issuer-foreign': 'The token was issued by a provider that is not pinned.',
  'jku-foreign': "The token's jku is not the pinned issuer's certs URI.",
  'signature-invalid': 'The signature of the token does not verify under the key that it names.',
  'claim-missing': 'The token lacks a claim that every attestation token carries, or that an expectation needs.',
  'claim-malformed': 'A claim of the token has the wrong type.',
  'token-expired': 'The token has expired.',
  'token-not-yet-valid': 'The token is not valid yet, or was issued in the future.',
} as const;

/** The keys that verify the token are missing or unusable. */
export const keyRefusals = {
  'keys-unavailable': "The issuer's keys could not be fetched.",
  'keys-malformed': "The issuer's answer is not a JSON Web Key Set.",
  'key-unknown': 'The issuer does not publish the key that the token names.',
  'key-unsuitable': "The key that the token names is not for the token's algorithm.",
} as const;

/** The token is genuine, but does not meet an expectation. */
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

/** The verifier is misconfigured: thrown when it is created, never caused by a token. */
export const configurationRefusals = {
  'issuer-invalid':
    'A pinned issuer is not an https URI (http only for loopback) without trailing slash, query and fragment.',
  'decision-missing': "An expectation is left out; say what is expected, or 'any'.",
  'expectation-malformed': 'An expectation has the wrong shape.',
  'option-invalid': 'An option of the verifier is out of range.',
} as const;

/** Every refusal code of the relying party with its meaning. */
export const relyingPartyCodes = {
  ...tokenRefusals,
  ...keyRefusals,
  ...expectationRefusals,
  ...configurationRefusals,
} as const;

/** A refusal code of the relying party. */
export type RelyingPartyCode = keyof typeof relyingPartyCodes;
