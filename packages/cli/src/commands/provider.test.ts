/** `atesto provider`: an administrator's session against a real service with its real OpenID provider. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type CliResult, runCli } from '../__fixtures__/cli.ts';
import { temporaryFile } from '../__fixtures__/directory.ts';
import { startTestService } from '../__fixtures__/service.ts';
import { type SignerFiles, signerFiles } from '../__fixtures__/signer.ts';

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
  test('offers no --provider where the name is an argument, or there is none', async () => {
    for (const command of ['create', 'list', 'show', 'delete']) {
      const { stdout } = await provider(command, '--help');
      assert.match(stdout, /--endpoint <uri>/);
      assert.doesNotMatch(stdout, /--provider/, command);
    }
    assert.match((await provider('policy', 'get', '--help')).stdout, /--provider <name>/);
  });

  test('creates, shows, lists and deletes a provider', async () => {
    const made = JSON.parse(output(await provider('create', 'payments', '--json')));
    assert.deepEqual(made, {
      name: 'payments',
      location: 'local',
      trustModel: 'AAD',
      status: 'Ready',
      attestUri: `${service.url}/providers/payments`,
      tags: {},
      policySigners: [],
    });
    assert.match(
      output(await provider('show', 'payments')),
      /^payments\n {2}uri {10}https:.+\n {2}trust model {2}AAD\n/,
    );
    assert.match(output(await provider('list')), /^payments {2}AAD {2}https:/m);
    assert.equal((await provider('delete', 'payments')).stderr, 'payments is deleted\n');
    assert.equal((await provider('delete', 'payments')).stderr, 'there is no provider payments\n');
  });

  test('sets, reads, rolls back and resets a policy, and shows its history', async () => {
    output(await provider('create', 'reports'));
    const text = 'version=1.2;\nauthorizationrules{\n  => permit();\n};\n';
    const file = temporaryFile('policy.txt', text);
    const at = ['--provider', 'reports', '--type', 'TdxVm'];
    assert.match(output(await provider('policy', 'set', file, ...at)), /^Updated {2}entity tag /);
    assert.equal(output(await provider('policy', 'get', ...at)), text);
    const wrong = temporaryFile('wrong.txt', 'version=1.2;\nauthorizationrules{ => premit(); };\n');
    const refused = await provider('policy', 'set', wrong, ...at);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /PolicyParsingError.+premit.+Did you mean permit\?.+\nhint: atesto policy check/s);
    const odd = temporaryFile('odd.txt', 'version=1.2;\nauthorizationrules{ [type="a"] => permit(); };\n');
    assert.match((await provider('policy', 'set', odd, '--provider', 'reports')).stderr, /^warning 2:.+single-equals/);
    const stale = await provider('policy', 'set', file, ...at, '--if-match', '"nothing"');
    assert.equal(stale.exitCode, 1);
    assert.match(output(await provider('policy', 'reset', ...at)), /^Removed/);
    output(await provider('policy', 'rollback', '1', ...at));
    assert.equal(output(await provider('policy', 'get', ...at)), text);
    const { versions } = JSON.parse(output(await provider('policy', 'history', '--json', ...at)));
    assert.deepEqual(
      versions.map(({ version, action }: { version: number; action: string }) => [version, action]),
      [
        [3, 'rollback'],
        [2, 'reset'],
        [1, 'set'],
      ],
    );
  });

  test('an Isolated provider takes signed policies alone; its signers change by one of them', async () => {
    const [first, second] = [await signerFiles('first'), await signerFiles('second')];
    output(await provider('create', 'vault', '--signer', first.certificate));
    const file = temporaryFile('signed.txt', 'version=1.0;authorizationrules{=> permit();};');
    const at = ['--provider', 'vault'];
    const by = ({ key, certificate }: SignerFiles): string[] => [
      '--signer-key',
      key,
      '--signer-certificate',
      certificate,
    ];
    const unsigned = await provider('policy', 'set', file, ...at);
    assert.equal(unsigned.exitCode, 1);
    assert.match(unsigned.stderr, /\[signature-missing\].+\nhint: Give --signer-key/);
    assert.equal((await provider('policy', 'set', file, ...at, ...by(second))).exitCode, 1);
    assert.match(output(await provider('policy', 'set', file, ...at, ...by(first))), /^Updated/);
    assert.match(
      output(await provider('signer', 'add', second.certificate, ...at, ...by(first))),
      /^IsPresent {2}[0-9A-F]{40}$/m,
    );
    const jws = temporaryFile('policy.jws', output(await provider('policy', 'sign', file, ...by(second))));
    assert.match(output(await provider('policy', 'set', jws, ...at)), /^Updated/);
    assert.equal(
      output(await provider('signer', 'list', ...at))
        .trim()
        .split('\n').length,
      2,
    );
    assert.match(output(await provider('signer', 'remove', first.certificate, ...at, ...by(second))), /^IsAbsent/);
  });

  test('rotates and lists signing keys', async () => {
    output(await provider('key', 'rotate'));
    assert.match(output(await provider('key', 'list')), /^\S+ {2}current {2}RS256 {2}store .+\n\S+ {2}coming /);
  });

  test('withdraws a signing key; one that is not there is no success', async () => {
    const coming = JSON.parse(output(await provider('key', 'list', '--json'))).keys.at(-1).kid;
    assert.doesNotMatch(output(await provider('key', 'withdraw', coming)), new RegExp(coming));
    for (const gone of [coming, '-AwPfNeIhfiyF_XYFbkE62BaL9iEsYsNk-36ui9arrg']) {
      const again = await provider('key', 'withdraw', gone);
      assert.deepEqual([again.exitCode, again.stdout], [1, '']);
      assert.ok(
        again.stderr.startsWith(`atesto: the provider has no signing key ${gone}: nothing was withdrawn\nhint: `),
      );
    }
  });

  test('the audit command shows who did what', async () => {
    output(await provider('audit'));
    const page = JSON.parse(output(await provider('audit', '--json', '--limit', '1')));
    assert.equal(page.entries.length, 1);
    assert.match(output(await provider('audit')), /^\d{4}-\d\d-\d\dT\S+ {2}allowed {2}read-audit +- +https:/);
    assert.match(
      output(await provider('audit', '--all', '--operation', 'delete-provider')),
      /Z {2}payments {2}allowed {2}delete-provider/,
    );
  });

  test('verifies the audit record: 0 when it is intact', async () => {
    const { exitCode, stdout, stderr } = await provider('audit', 'verify');
    assert.deepEqual([exitCode, stdout], [0, '']);
    assert.match(stderr, /^the audit record is intact: \d+ entries verified\n$/);
    assert.deepEqual(JSON.parse(output(await provider('audit', 'verify', '--json'))).findings, []);
  });

  test('the same variables let a client attest', async () => {
    const { exitCode, stdout } = await runCli(['attest', '--simulator', service.simulator], { env });
    assert.deepEqual([exitCode, stdout.slice(0, 2)], [0, 'ey']);
  });

  test('an audit verdict that is none: 2', async () => {
    const { exitCode, stderr } = await provider('audit', '--verdict', 'maybe');
    assert.equal(exitCode, 2);
    assert.match(stderr, /Allowed choices are allowed, refused, failed/);
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
