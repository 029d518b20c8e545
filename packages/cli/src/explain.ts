/** Turns exceptions of the client and relying-party packages into failures with hints. */
import { type ClientCode, ClientError, ServiceRefusedError } from '@atesto/client';
import { ConfigurationError } from '@atesto/relying-party';
import { CliFailure } from './failure.ts';
import { exitCodes } from './session.ts';

const hints: Partial<Record<ClientCode, string>> = {
  'certificate-refused': 'Give the CA of the server with --ca FILE, or set NODE_EXTRA_CA_CERTS to its path.',
  'connection-failed': 'Is the server running, and is the address right?',
  'connection-timeout': 'Is the server overloaded? --timeout SECONDS gives it longer.',
  'identity-refused': 'Are the id and the secret of the client right?',
  'attestation-unavailable': 'Run this inside the enclave or confidential VM, or give evidence with --evidence FILE.',
};

const roles = 'The operator of the service grants roles with identity.roles: docs/hosting.md.';

const serviceHints: Readonly<Record<string, string>> = {
  'access-token-missing': 'Give --issuer and --client-file (or --client-id and --client-secret-file).',
  'endorsements-unavailable':
    'The operator sets endorsements.intel or endorsements.amd. For development: atesto serve --development --simulator DIRECTORY.',
  'chain-root-untrusted':
    'Only evidence of genuine hardware is accepted, or of a simulator that the service trusts: atesto serve --development --simulator DIRECTORY.',
  'role-missing': roles,
  'administrator-role-missing': roles,
  'signature-missing': 'Give --signer-key and --signer-certificate, or a JWS of atesto provider policy sign.',
  'policy-signer-in-force':
    'atesto provider signer add FILE with --signer-key and --signer-certificate of that signer.',
  'policy-signer-invalid':
    'When the certificates of all signers have expired, a service administrator names new ones: atesto provider recover-signers.',
  'policy-invalid': 'atesto policy check FILE shows each place.',
  'collateral-expired':
    'The operator of the service must provide current collateral, or configure a grace period (staleGraceSeconds).',
  'baseline-tcb-status': 'The platform must be updated, or the operator must accept this status in the baseline.',
  'tdx-runtime-data': 'Send exactly the bytes whose hash the trust domain put into its report data.',
  'sgx-runtime-data': 'Send exactly the bytes that the enclave hashed into its report data.',
};

const usage = new Set<ClientCode>(['evidence-unreadable', 'evidence-size']);

/** The failure for an exception of these packages; undefined for any other exception. */
export function explain(error: unknown): CliFailure | undefined {
  if (error instanceof ServiceRefusedError) {
    const { status, wireCode, innerCode, why, requestId } = error;
    const what = [`the service refused: ${status}`, wireCode].filter((part) => part !== undefined).join(' ');
    const exitCode = innerCode === 'audit-query-invalid' ? exitCodes.usage : exitCodes.refused;
    return new CliFailure(exitCode, `${what}: ${why}`, {
      code: innerCode,
      requestId,
      hint: serviceHints[innerCode ?? ''],
    });
  }
  if (error instanceof ClientError) {
    const exitCode = usage.has(error.code) ? exitCodes.usage : exitCodes.unavailable;
    return new CliFailure(exitCode, error.message, { code: error.code, hint: hints[error.code] });
  }
  if (error instanceof ConfigurationError) {
    return new CliFailure(exitCodes.usage, error.message.replace(/^options\./, ''), { code: error.code });
  }
  return undefined;
}
