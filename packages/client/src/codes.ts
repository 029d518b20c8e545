/** The codes of failed calls and their meanings. */

/** Every code of this package with its meaning. */
export const clientCodes = {
  'option-invalid': 'An option of the client is out of its range or malformed.',
  'address-invalid': 'An address is not an absolute URI without credentials, query and fragment.',
  'address-insecure': 'An address is not https: evidence, tokens and secrets are never sent over plain HTTP.',
  'connection-failed': 'The server could not be reached, or the connection broke.',
  'connection-timeout': 'The answer did not arrive within the time allowed.',
  'certificate-refused': 'The TLS certificate of the server is not trusted, or is for another name.',
  cancelled: 'The caller cancelled the call.',
  'answer-too-large': 'The answer is longer than is accepted.',
  'answer-malformed': 'The answer does not have the form that the protocol demands.',
  'service-refused': 'The attestation service refused the call; its own code says why.',
  'identity-refused': 'The OpenID provider refused to give an access token.',
  'identity-issuer-wrong': 'The document found at the issuer names another issuer.',
  'identity-method-unsupported': 'The OpenID provider accepts no way of client authentication that this client has.',
  'evidence-unreadable': 'The evidence could not be read.',
  'evidence-size': 'The evidence is empty or longer than any evidence is.',
  'report-data-size': 'Report data must be exactly 64 bytes.',
  'attestation-unavailable': 'This process does not run in an enclave or a confidential VM that can be attested.',
  'evidence-not-bound': 'The quote or report that was obtained does not carry the report data that was asked for.',
  'certificate-table-malformed': 'The certificates that the host gives with a report cannot be read.',
  'runtime-data-invalid': 'Runtime or init-time data of type JSON is not a JSON object in UTF-8.',
  'nonce-invalid': 'The nonce is neither a text of at most 1 KiB nor an integer from 0 to 2^64-1.',
} as const;

/** A code of this package. */
export type ClientCode = keyof typeof clientCodes;
