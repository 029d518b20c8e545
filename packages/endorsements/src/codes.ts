/** Why endorsements are not to be had, and whose fault that is. */

/** Every code with which this package refuses, and what it means. */
export const endorsementCodes = {
  'bundle-unreadable': 'The collateral file or directory cannot be read.',
  'bundle-malformed':
    'A file is not JSON with the members of Intel’s verification collateral in their encodings, or not certificates and revocation lists of AMD.',
  'bundle-no-match': 'No file is for the platform that the evidence names.',
  'bundle-incomplete': 'The files lack an authority or a revocation list that the evidence needs.',
  'endorsements-unavailable': 'No source of endorsements is configured.',
  'endorsements-unreachable': 'No connection to the endorsement service could be made or kept.',
  'endorsements-timed-out': 'The endorsement service did not answer in time.',
  'endorsements-throttled': 'The endorsement service asks for fewer requests.',
  'endorsements-limited': 'The caller may not make the endorsement service be asked now: it did so too often.',
  'endorsements-server-error': 'The endorsement service reports a failure of its own.',
  'endorsements-cancelled': 'The request for endorsements was given up by its caller.',
  'endorsements-unauthorized': 'The endorsement service refuses the subscription key, or asks for one.',
  'endorsements-request-refused': 'The endorsement service refuses the request or answers with an unexpected status.',
  'endorsements-not-found': 'The endorsement service has nothing for the platform that the evidence names.',
  'endorsements-truncated': 'The answer of the endorsement service broke off.',
  'endorsements-too-large': 'The answer of the endorsement service is larger than allowed.',
  'endorsements-malformed': 'The answer of the endorsement service does not have the documented shape.',
  'endorsements-not-genuine': 'What came as endorsements was not signed under a trusted root.',
  'endorsements-other-platform': 'Genuine endorsements came, but for another platform than was asked for.',
  'endorsements-other-baseline':
    'Genuine endorsements came, but of another TCB evaluation data number than was asked for.',
  'endorsements-expired': 'The source gives endorsements that are past their next update, beyond the grace.',
  'pck-certificate-not-addressable':
    'The quote does not name its platform in a form in which a PCK certificate can be looked up.',
  'vcek-not-addressable': 'The report hides its chip, so that no VCEK can be asked for.',
  'vlek-certificate-missing': 'A VLEK signed the report, and its certificate did not come with the evidence.',
  'supplied-certificate-not-genuine':
    'The certificate that came with the evidence was not issued by the authority of the vendor.',
} as const;
/** One of the codes with which this package refuses. */
export type EndorsementCode = keyof typeof endorsementCodes;

/**
 * Whose fault a refusal is: `unavailable` broken infrastructure, worth another try; `content` a source that gives what is not right;
 * `configuration` something that the operator must set right; `unknown-platform` no endorsements exist for what was asked;
 * `request` the evidence or the caller.
 */
export type EndorsementFault = 'unavailable' | 'content' | 'configuration' | 'unknown-platform' | 'request';

const faults: Readonly<Record<EndorsementCode, EndorsementFault>> = {
  'bundle-unreadable': 'configuration',
  'bundle-malformed': 'content',
  'bundle-no-match': 'unknown-platform',
  'bundle-incomplete': 'configuration',
  'endorsements-unavailable': 'configuration',
  'endorsements-unreachable': 'unavailable',
  'endorsements-timed-out': 'unavailable',
  'endorsements-throttled': 'unavailable',
  'endorsements-limited': 'unavailable',
  'endorsements-server-error': 'unavailable',
  'endorsements-cancelled': 'request',
  'endorsements-unauthorized': 'configuration',
  'endorsements-request-refused': 'configuration',
  'endorsements-not-found': 'unknown-platform',
  'endorsements-truncated': 'content',
  'endorsements-too-large': 'content',
  'endorsements-malformed': 'content',
  'endorsements-not-genuine': 'content',
  'endorsements-other-platform': 'content',
  'endorsements-other-baseline': 'content',
  'endorsements-expired': 'content',
  'pck-certificate-not-addressable': 'request',
  'vcek-not-addressable': 'request',
  'vlek-certificate-missing': 'request',
  'supplied-certificate-not-genuine': 'request',
};

const byCode: ReadonlyMap<string, EndorsementFault> = new Map(Object.entries(faults));

/** Whose fault a refusal is; undefined for a code of another package. */
export function endorsementFault(code: string): EndorsementFault | undefined {
  return byCode.get(code);
}
