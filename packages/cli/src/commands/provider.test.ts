/** `atesto provider`: an administrator's session against a real service with its real OpenID provider. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CliResult, runCli } from '../__fixtures__/cli.ts';
import { startTestService } from '../__fixtures__/service.ts';

const service = await startTestService();
const env = {
  ATESTO_ENDPOINT: service.url,
  ATESTO_CA: service.ca,
  ATESTO_ISSUER: service.issuer,
  ATESTO_CLIENT_FILE: service.clientFile,
};
const provider = (...args: string[]): Promise<CliResult> => runCli(['provider', ...args], { env });

function output({ exitCode, stdout, stderr }: CliResult): string {
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

describe('atesto provider', () => {
  test('creates, shows, lists and deletes a provider', async () => {
    const made = JSON.parse(output(await provider('create', 'payments', '--json')));
    assert.deepEqual(made, {
      name: 'payments',
      location: 'local',
      trustModel: 'AAD',
      status: 'Ready',
      attestUri: `${service.url}/providers/payments`,
      tags: {},
    });
    assert.match(
      output(await provider('show', 'payments')),
      /^payments\n {2}uri {10}https:.+\n {2}trust model {2}AAD\n/,
    );
    assert.match(output(await provider('list')), /^payments\tAAD\thttps:/m);
    assert.equal((await provider('delete', 'payments')).stderr, 'payments is deleted\n');
    assert.equal((await provider('delete', 'payments')).stderr, 'there is no provider payments\n');
  });

  test('tells who did what', async () => {
    output(await provider('audit'));
    const page = JSON.parse(output(await provider('audit', '--json', '--limit', '1')));
    assert.equal(page.entries.length, 1);
    assert.match(output(await provider('audit')), /^\d{4}-\d\d-\d\dT.+ {2}allowed {2}read-audit/);
    assert.match(
      output(await provider('audit', '--all', '--operation', 'delete-provider')),
      /allowed {2}delete-provider/,
    );
  });

  test('without a service or an access token: 2, with what to give', async () => {
    const nowhere = await runCli(['provider', 'list']);
    assert.deepEqual([nowhere.exitCode, nowhere.stdout], [2, '']);
    assert.match(nowhere.stderr, /which service\? Give --endpoint URI\.\nhint: Or set ATESTO_ENDPOINT/);
    const nobody = await runCli(['provider', 'list', '--endpoint', service.url]);
    assert.deepEqual([nobody.exitCode, nobody.stdout], [2, '']);
    assert.match(nobody.stderr, /administrators need an access token\nhint: Give --issuer/);
  });
});
