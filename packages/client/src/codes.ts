/** The codes of failed calls and their meanings. */

/** Every code of this package with its meaning. */
export const clientCodes = {
  'connection-failed': 'The server could not be reached, or the connection broke.',
  'connection-timeout': 'The answer did not arrive within the time allowed.',
  'certificate-refused': 'The TLS certificate of the server is not trusted, or is for another name.',
  cancelled: 'The caller cancelled the call.',
  'answer-too-large': 'The answer is longer than is accepted.',
  'answer-malformed': 'The answer does not have the form that the protocol demands.',
  'service-refused': 'The attestation service refused the call; its own code says why.',
  'credential-failed': 'The credential gave no access token; its own error, if it threw one, is the cause.',
  'identity-refused': 'The OpenID provider refused to give an access token.',
  'identity-issuer-wrong': 'The document found at the issuer names another issuer.',
  'identity-method-unsupported': 'The OpenID provider accepts no way of client authentication that this client has.',
  'evidence-unreadable': 'The evidence could not be read.',
  'evidence-size': 'The evidence is empty or longer than any evidence is.',
  'attestation-unavailable': 'This process does not run in an enclave or a confidential VM that can be attested.',
  'evidence-not-bound': 'The quote or report that was obtained does not carry the report data that was asked for.',
  'certificate-table-malformed': 'The certificates that the host gives with a report cannot be read.',
} as const;

/** A code of a failed call. New codes come with minor releases: a `switch` needs a `default`. */
export type ClientCode = keyof typeof clientCodes;

/** Codes of the configuration errors of this package, beside those of every package. */
export const configurationCodes = {
  'address-invalid': 'An address is not an absolute URI without credentials, query and fragment.',
  'address-insecure': 'An address is not https: evidence, tokens and secrets are never sent over plain HTTP.',
  'report-data-size': 'Report data must be exactly 64 bytes.',
  'runtime-data-invalid':
    'Runtime or init-time data is neither bytes, nor the text of a JSON object, nor a public key.',
  'nonce-invalid': 'The nonce is neither a text of at most 1 KiB nor an integer from 0 to 2^64-1.',
} as const;

/** A code of a configuration error of this package. */
export type ClientConfigurationCode = keyof typeof configurationCodes;
