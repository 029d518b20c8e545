/** The Azure command line, unmodified: the service is registered as a cloud of its own, by its address alone. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Scenario } from '../scenario.ts';
import { step } from '../step.ts';

const [az = '', file = ''] = process.argv.slice(2);
const { endpoint, tenant, clientId, clientSecret, caFile }: Scenario = JSON.parse(readFileSync(file, 'utf8'));
const directory = mkdtempSync(join(tmpdir(), 'atesto-az-'));
const env = {
  ...process.env,
  AZURE_CONFIG_DIR: directory,
  AZURE_CORE_COLLECT_TELEMETRY: 'no',
  AZURE_CORE_INSTANCE_DISCOVERY: 'false',
  REQUESTS_CA_BUNDLE: caFile,
};

/** What a command answers. Throws an error with what it printed. */
async function run(...args: string[]): Promise<unknown> {
  try {
    const { stdout } = await promisify(execFile)(az, [...args, '--output', 'json'], { env });
    return stdout.trim() === '' ? undefined : JSON.parse(stdout);
  } catch (error) {
    throw new Error(String(Reflect.get(Object(error), 'stderr') ?? error).slice(-600));
  }
}

const subscription = '00000000-0000-0000-0000-000000000000';
const group = `/subscriptions/${subscription}/resourceGroups/interop/providers/Microsoft.Attestation`;
const provider = `${group}/attestationProviders/azcli`;
const url = `${provider}?api-version=2020-10-01`;

await step('cloud', 'az cloud register finds sign-in, audiences and suffixes by the address', async () => {
  await run('cloud', 'register', '--name', 'Atesto', '--endpoint-resource-manager', endpoint);
  await run('cloud', 'set', '--name', 'Atesto');
  const { endpoints } = Object(await run('cloud', 'show'));
  assert.equal(endpoints.attestationResourceId, 'https://attest.azure.net');
});

await step('sign-in', 'az login --service-principal finds a subscription', async () => {
  const login = ['login', '--service-principal', '--username', clientId, `--password=${clientSecret}`];
  const accounts: { readonly id: string; readonly tenantId: string }[] = Object(
    await run(...login, '--tenant', tenant),
  );
  assert.equal(accounts.find(({ id }) => id === subscription)?.tenantId, tenant);
  await run('account', 'set', '--subscription', subscription);
});

await step('sign-in', 'az account get-access-token gives a token of the attestation API', async () => {
  const { accessToken } = Object(await run('account', 'get-access-token', '--resource', 'https://attest.azure.net'));
  assert.equal(accessToken.split('.').length, 3);
});

await step('providers', 'az rest makes, reads and deletes a provider', async () => {
  const body = JSON.stringify({ location: 'local', properties: {} });
  await run('rest', '--method', 'put', '--url', url, '--body', body);
  const { properties } = Object(await run('rest', '--method', 'get', '--url', url));
  assert.equal(properties.attestUri, `${endpoint}/providers/azcli`);
  await run('rest', '--method', 'delete', '--url', url);
});

await step('policies', 'az rest reads a policy with a token of the attestation API', async () => {
  const policy = `${endpoint}/policies/SgxEnclave?api-version=2022-08-01`;
  const { token } = Object(await run('rest', '--url', policy, '--resource', 'https://attest.azure.net'));
  assert.equal(token.split('.').length, 3);
});

await step('sign-in', 'az account clear forgets it', async () => {
  await run('account', 'clear');
  assert.deepEqual(await run('account', 'list'), []);
});

rmSync(directory, { recursive: true, force: true });
