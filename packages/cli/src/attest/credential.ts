/** Gets the access token that the client sends: by client credentials, from a file, or none. */
import { createClientCredentials, fixedAccessToken, type TokenCredential } from '@atesto/client';
import { misused } from '../failure.ts';
import { readSecret, readText } from '../input/file.ts';

/** The options that say who the client is. */
export interface CredentialOptions {
  readonly issuer?: string;
  readonly clientId?: string;
  readonly clientSecretFile?: string;
  readonly clientFile?: string;
  readonly accessTokenFile?: string;
}

/** A credential, and how to end it. */
export interface OpenCredential {
  readonly credential: TokenCredential;
  close(): Promise<void>;
}

/** The credential that the options describe; undefined: none. */
export async function openCredential(
  options: CredentialOptions,
  ca: string | undefined,
  timeoutSeconds: number,
): Promise<OpenCredential | undefined> {
  const { issuer, accessTokenFile } = options;
  if (accessTokenFile !== undefined) {
    if (issuer !== undefined) misused('give --access-token-file or --issuer, not both');
    const credential = fixedAccessToken(await readSecret(accessTokenFile, 'the access token'));
    return { credential, close: async () => {} };
  }
  const client = await clientOf(options);
  if (issuer === undefined) {
    return client === undefined ? undefined : misused('the client needs an OpenID issuer', 'Give --issuer URI.');
  }
  if (client === undefined)
    misused('--issuer needs a client', 'Give --client-file, or --client-id and --client-secret-file.');
  const credential = createClientCredentials({
    issuer,
    ...client,
    timeoutSeconds,
    ...(ca === undefined ? {} : { ca }),
  });
  return { credential, close: () => credential.close() };
}

interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
}

async function clientOf({ clientId, clientSecretFile, clientFile }: CredentialOptions): Promise<Client | undefined> {
  if (clientFile !== undefined) {
    if (clientId !== undefined || clientSecretFile !== undefined) misused('--client-file holds both id and secret');
    return readClient(await readText(clientFile, 'the client'), clientFile);
  }
  if (clientId === undefined && clientSecretFile === undefined) return undefined;
  if (clientId === undefined || clientSecretFile === undefined) {
    return misused('--client-id and --client-secret-file belong together');
  }
  return { clientId, clientSecret: await readSecret(clientSecretFile, 'the client secret') };
}

function readClient(text: string, path: string): Client {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && 'clientId' in value && 'clientSecret' in value) {
      const { clientId, clientSecret } = value;
      if (typeof clientId === 'string' && typeof clientSecret === 'string') return { clientId, clientSecret };
    }
  } catch {
    // Said below, without a word of what may be a secret.
  }
  return misused(`${path} must be JSON with clientId and clientSecret`);
}
