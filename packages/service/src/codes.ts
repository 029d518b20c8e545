/** The service's own refusal codes, each with its HTTP status, wire code and meaning. */

/** How one refusal looks on the wire. */
export interface ServiceCodeRow {
  /** HTTP status. */
  readonly status: number;
  /** `error.code` of the reply: the vocabulary of Azure Attestation, and ours beyond it. */
  readonly wireCode: string;
  readonly meaning: string;
  /** `Retry-After`. Absent: the reply has none. */
  readonly retryAfterSeconds?: number;
}

const invalid = (meaning: string): ServiceCodeRow => ({ status: 400, wireCode: 'InvalidParameter', meaning });
const unauthorized = (meaning: string): ServiceCodeRow => ({ status: 401, wireCode: 'Unauthorized', meaning });
const unavailable = (meaning: string): ServiceCodeRow => ({ status: 503, wireCode: 'ServiceUnavailable', meaning });
const operation = (meaning: string): ServiceCodeRow => ({ status: 400, wireCode: 'InvalidOperation', meaning });
const notFound = (meaning: string): ServiceCodeRow => ({ status: 404, wireCode: 'ResourceNotFound', meaning });

/** Every code that the service adds to those of evidence, endorsements and policy; it stands in `error.innererror.code`. */
export const serviceCodes = {
  'route-unknown': notFound('There is no such operation at this path.'),
  'attestation-type-unknown': notFound('The service does not know this attestation type.'),
  'method-not-allowed': { status: 405, wireCode: 'MethodNotAllowed', meaning: 'The path does not have this method.' },
  'grant-unsupported': operation(
    'The service has no OAuth grants: attestation tokens come from its attest operations.',
  ),
  'request-malformed': invalid('The request is not well-formed HTTP, or its target is not a valid path.'),
  'request-timeout': {
    status: 408,
    wireCode: 'RequestTimeout',
    meaning: 'The client took too long to send the request.',
  },
  'request-aborted': invalid(
    'The client hung up before the request was sent as a whole, or while the service waited for something on its behalf.',
  ),
  'body-too-large': {
    status: 413,
    wireCode: 'PayloadTooLarge',
    meaning: 'The body is larger than `limits.bodyBytes`.',
  },
  'headers-too-large': {
    status: 431,
    wireCode: 'RequestHeaderFieldsTooLarge',
    meaning: 'The headers are larger than 16 KiB.',
  },
  'too-many-requests': {
    status: 429,
    wireCode: 'TooManyRequests',
    meaning:
      'The address, the caller or the provider has used up its share (`admission.*`); `Retry-After` says when to try again.',
  },
  'service-overloaded': unavailable('The instance has all that it can bear (`admission.total.*`); try again.'),
  'content-type-unsupported': {
    status: 415,
    wireCode: 'UnsupportedMediaType',
    meaning: 'The body is not sent as application/json.',
  },
  'api-version-missing': {
    status: 400,
    wireCode: 'MissingApiVersionParameter',
    meaning: 'The operation needs the query parameter api-version.',
  },
  'api-version-unknown': {
    status: 400,
    wireCode: 'UnsupportedApiVersion',
    meaning: 'Azure never published this api-version of the attestation API.',
  },
  'management-api-version-unknown': {
    status: 400,
    wireCode: 'NoRegisteredProviderFound',
    meaning: 'Azure never published this api-version of the resource manager’s API.',
  },
  'body-empty': invalid('The request has no body.'),
  'body-not-json': invalid('The body is not a JSON object in UTF-8.'),
  'json-too-deep': invalid('A JSON document is nested more than 32 levels deep.'),
  'member-duplicate': invalid(
    'A JSON object has two members of the same name; request members compare without regard to case.',
  ),
  'number-inexact': invalid(
    'A JSON document has a number that would have to be rounded: write it as a string, or with fewer digits.',
  ),
  'member-forbidden': invalid('A JSON object has a member named __proto__.'),
  'body-not-text': invalid('The body is neither a text in UTF-8 nor a JSON string.'),
  'member-missing': invalid('A member that the operation needs is absent or empty.'),
  'member-invalid': invalid('A member has the wrong kind of value.'),
  'base64url-invalid': invalid('A member is neither base64url nor base64.'),
  'evidence-container-wrong': invalid('OpenEnclave evidence was sent to SgxEnclave, or a bare quote to OpenEnclave.'),
  'data-type-unknown': invalid('The dataType of runtime or init-time data is neither Binary nor JSON.'),
  'data-not-json': invalid('Runtime or init-time data of type JSON is not a JSON object in UTF-8.'),
  'nonce-invalid': invalid('The nonce is neither a text of at most 1 KiB nor an integer from 0 to 2^64-1.'),
  'draft-policy-invalid': {
    status: 400,
    wireCode: 'PolicyParsingError',
    meaning: 'The draft policy is a JWS whose payload has no readable AttestationPolicy.',
  },
  'draft-policy-forbidden': {
    status: 403,
    wireCode: 'Forbidden',
    meaning: 'The provider does not evaluate draft policies of this caller (`provider.draftPolicies`).',
  },
  'policy-workers-busy': {
    ...unavailable(
      'All threads that evaluate policies of callers are busy, and too many requests wait for them; try again.',
    ),
    retryAfterSeconds: 1,
  },
  'policy-too-costly': {
    status: 400,
    wireCode: 'PolicyEvaluationError',
    meaning: 'The policy takes more memory or time than one evaluation may (`limits.policyWorkers`).',
  },
  'policy-invalid': { status: 400, wireCode: 'PolicyParsingError', meaning: 'The policy does not compile.' },
  'policy-missing': {
    status: 400,
    wireCode: 'PolicyEvaluationError',
    meaning: 'The provider has no policy for this attestation type.',
  },
  'tpm-policy-missing': {
    status: 400,
    wireCode: 'Bad request',
    meaning: 'No policy is set for TPMs (VBS) at the provider, and there is no default one.',
  },
  'policy-denied': {
    status: 400,
    wireCode: 'PolicyEvaluationError',
    meaning: 'The policy does not permit this evidence.',
  },
  'policy-evaluation-failed': {
    status: 400,
    wireCode: 'PolicyEvaluationError',
    meaning: 'The policy cannot be evaluated over these claims: a rule fails, or a limit is reached.',
  },
  'policy-baseline-unknown': {
    status: 400,
    wireCode: 'PolicyParsingError',
    meaning: 'The policy asks for a TCB baseline that the service does not have.',
  },
  'access-token-missing': unauthorized('The operation needs an access token.'),
  'access-token-malformed': unauthorized('The Authorization header does not carry a bearer token in JWT form.'),
  'access-token-issuer-unknown': unauthorized('The access token is of an issuer that the service does not accept.'),
  'access-token-algorithm-refused': unauthorized('The access token is signed with an algorithm that is not accepted.'),
  'access-token-type-refused': unauthorized('The token is not an access token.'),
  'access-token-key-unknown': unauthorized('The issuer publishes no key that fits the access token.'),
  'access-token-signature-invalid': unauthorized('The signature of the access token is wrong.'),
  'access-token-audience-wrong': unauthorized('The access token is for another audience.'),
  'access-token-expired': unauthorized('The access token has expired.'),
  'access-token-not-yet-valid': unauthorized('The access token is not valid yet.'),
  'access-token-claim-invalid': unauthorized('A claim of the access token is absent or malformed.'),
  'role-missing': unauthorized('The caller does not have the role that the operation needs at this provider.'),
  'administrator-role-missing': {
    status: 403,
    wireCode: 'AuthorizationFailed',
    meaning: 'The caller is not a service administrator.',
  },
  'provider-unknown': notFound('There is no provider of this name.'),
  'private-endpoint-connection-unknown': notFound('The provider has no private endpoint connection of this name.'),
  'provider-misdirected': {
    status: 421,
    wireCode: 'MisdirectedRequest',
    meaning:
      'The host, the header tenantName or the audience of the access token names another provider than the one that the request reached: the client may have dropped the path of its address.',
  },
  'provider-closed': {
    status: 403,
    wireCode: 'Forbidden',
    meaning: 'The provider takes no requests: its publicNetworkAccess is Disabled.',
  },
  'provider-name-invalid': invalid('The name of a provider has 3 to 24 letters, digits and hyphens.'),
  'provider-exists': {
    status: 409,
    wireCode: 'Conflict',
    meaning: 'A provider of this name exists in another place, or with other policy signers.',
  },
  'policy-signer-invalid': invalid(
    'A policy signer’s certificate cannot be read, is not in force, has a weak key, or its chain does not end in a CA.',
  ),
  'policy-signer-unknown': operation('Who signed is not a policy signer of this provider.'),
  'policy-signer-last': operation('The only policy signer cannot be removed: nobody could change anything after that.'),
  'policy-signer-in-force': operation(
    'Policy signers are recovered only when no signer’s certificate is in force; one that is can sign the change.',
  ),
  'signer-claim-missing': operation('The payload of the JWS does not name one policy certificate as a JWK.'),
  'signature-missing': operation('The provider has the trust model Isolated: a policy signer must sign the request.'),
  'jws-malformed': invalid('A JWS is not in compact form, or its header or payload is not what it must be.'),
  'jws-algorithm-refused': invalid(
    'The algorithm of a JWS is not accepted, or does not fit the key of the certificate.',
  ),
  'jws-signature-invalid': invalid('The signature of a JWS is wrong.'),
  'signed-request-misdirected': operation('The aud of a signed request is not the URI of this provider.'),
  'signed-request-expired': operation('A signed request is past its exp or before its nbf.'),
  'trust-model-wrong': operation('The provider has the trust model AAD: it has no policy signers.'),
  'prepared-policy-invalid': operation(
    'The token of a policy that is set in two steps is not this provider’s, for another type, or too old.',
  ),
  'policy-payload-invalid': {
    status: 400,
    wireCode: 'PolicyParsingError',
    meaning: 'The payload of the JWS has no readable AttestationPolicy.',
  },
  'reset-payload-invalid': operation(
    'The payload of a JWS that resets a policy must be empty, or say nothing but for whom and until when it is.',
  ),
  'policy-untrusted': {
    status: 500,
    wireCode: 'InternalError',
    meaning:
      'The stored policy is not one that the service accepted, or not one that it understands: nothing is attested.',
  },
  'policy-not-fresh': unavailable(
    'The database has been away for longer than `storage.leaseMs`: nobody can vouch for the policy in force.',
  ),
  'policy-changed': unavailable('The policy changed while the evidence was appraised; send it again.'),
  'issuer-unreachable': unavailable('The OpenID issuer could not be asked for its keys.'),
  'endorsements-timeout': unavailable('The endorsements did not arrive in time.'),
  'clock-suspect': unavailable(
    'The clock of this instance stands alone in its opinion: nothing is done that cannot be undone until it is set right.',
  ),
  'signing-key-missing': unavailable('No signing key of the provider is in force by the clock of this instance.'),
  'not-ready': unavailable('The service is starting or stopping.'),
  'internal-error': {
    status: 500,
    wireCode: 'InternalError',
    meaning: 'A fault of the service; its log has the details.',
  },
} as const satisfies Record<string, ServiceCodeRow>;

/** A refusal code of the service. */
export type ServiceCode = keyof typeof serviceCodes;
