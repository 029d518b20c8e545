/** Which refusals a relying party can meet, and what each means. */

/** The token itself cannot be trusted. */
export const tokenRefusals = {
  'token-missing': 'The request carries no attestation token.',
  'token-too-large': 'The token is longer than one mebibyte.',
  'token-malformed': 'The token is not a compact JWS whose header and payload are JSON objects.',
  'token-unsecured': 'The token has no signature: it was issued for a draft policy and proves nothing.',
  'algorithm-refused': 'The token is signed with an algorithm that is not accepted.',
  'issuer-foreign': 'The token was issued by another provider than the pinned ones.',
  'jku-foreign': "The token points to keys elsewhere than at the pinned issuer's certs URI.",
  'signature-invalid': 'The signature of the token does not verify under the key that it names.',
  'claim-missing': 'The token lacks a claim that every attestation token carries, or that an expectation needs.',
  'claim-malformed': 'A claim of the token has another type than it must have.',
  'token-expired': 'The token has expired.',
  'token-not-yet-valid': 'The token is not valid yet, or was issued in the future.',
} as const;

/** The keys to judge the token by are not at hand. */
export const keyRefusals = {
  'keys-unavailable': "The issuer's keys could not be fetched.",
  'keys-malformed': 'What the issuer answers is not a JSON Web Key Set.',
  'key-unknown': 'The issuer does not publish the key that the token names.',
  'key-unsuitable': "The key that the token names is not for the token's algorithm.",
} as const;

/** The token is genuine, but not what the relying party wants. */
export const expectationRefusals = {
  'development-root': 'The evidence was vouched for by a development root, such as a simulator: it proves nothing.',
  'debug-enabled': 'The enclave or machine can be debugged, so its memory is not secret.',
  'debug-unknown': 'The token does not tell whether the enclave or machine can be debugged.',
  'attestation-type-unexpected': 'The token is about another kind of environment than expected.',
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

/** The verifier was set up wrongly; thrown when it is created, never the token's fault. */
export const configurationRefusals = {
  'issuer-invalid':
    'A pinned issuer is not an https URI (http for loopback alone) without trailing slash, query or fragment.',
  'decision-missing': "An expectation is left out; say what is expected, or 'any'.",
  'expectation-malformed': 'An expectation is not of the shape that it must have.',
  'option-invalid': 'An option of the verifier is out of its range.',
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
