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
    assert.match((await provider('policy', 'show', '--help')).stdout, /--provider <name>/);
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
    assert.equal((await provider('delete', 'payments', '--yes')).stderr, 'payments is deleted\n');
    assert.equal((await provider('delete', 'payments', '--yes')).stderr, 'there is no provider payments\n');
  });

  test('asks before it deletes a provider; where nobody can answer, --yes is needed', async () => {
    output(await provider('create', 'asked'));
    const unasked = await provider('delete', 'asked');
    assert.deepEqual([unasked.exitCode, unasked.stdout], [2, '']);
    assert.match(unasked.stderr, /^atesto: Delete the provider asked .+\nhint: Give --yes/);
    const answered = (answer: string): Promise<CliResult> => runCli(['provider', 'delete', 'asked'], { env, answer });
    for (const answer of ['', 'n', 'yesterday']) {
      const { exitCode, stderr } = await answered(answer);
      const question = 'Delete the provider asked with its policies? [y/N] ';
      assert.deepEqual([exitCode, stderr], [1, `${question}atesto: nothing was done\n`], answer);
    }
    output(await provider('show', 'asked'));
    assert.match((await answered('y')).stderr, /asked is deleted\n$/);
    const again = JSON.parse(output(await provider('delete', 'asked', '--yes', '--json')));
    assert.deepEqual(again, { name: 'asked', deleted: false });
  });

  test('sets, reads, rolls back and resets a policy, and shows its history', async () => {
    output(await provider('create', 'reports'));
    const text = 'version=1.2;\nauthorizationrules{\n  => permit();\n};\n';
    const file = temporaryFile('policy.txt', text);
    const at = ['--provider', 'reports', '--type', 'TdxVm'];
    assert.match(
      output(await provider('policy', 'set', file, ...at)),
      /^Updated {2}TdxVm policy of reports {2}entity tag /,
    );
    const { etag, tokenHash, ...told } = JSON.parse(output(await provider('policy', 'set', file, ...at, '--json')));
    assert.deepEqual(
      [typeof etag, typeof tokenHash, told],
      [...['string', 'string'], { result: 'Updated', provider: 'reports', type: 'TdxVm' }],
    );
    assert.equal(output(await provider('policy', 'show', ...at)), text);
    const wrong = temporaryFile('wrong.txt', 'version=1.2;\nauthorizationrules{ => premit(); };\n');
    const refused = await provider('policy', 'set', wrong, ...at);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /PolicyParsingError.+premit.+Did you mean permit\?.+\nhint: atesto policy check/s);
    const odd = temporaryFile('odd.txt', 'version=1.2;\nauthorizationrules{ [type="a"] => permit(); };\n');
    const { stderr } = await provider('policy', 'set', odd, '--provider', 'reports');
    assert.match(stderr, /^no --type is given: this is the policy for SgxEnclave\nwarning 2:.+single-equals/);
    const stale = await provider('policy', 'set', file, ...at, '--if-match', '"nothing"');
    assert.equal(stale.exitCode, 1);
    assert.match(output(await provider('policy', 'reset', ...at)), /^Removed/);
    output(await provider('policy', 'rollback', '1', ...at));
    assert.equal(output(await provider('policy', 'show', ...at)), text);
    const { versions } = JSON.parse(output(await provider('policy', 'history', '--json', ...at)));
    assert.deepEqual(
      versions.map(({ version, action }: { version: number; action: string }) => [version, action]),
      [
        [4, 'rollback'],
        [3, 'reset'],
        [2, 'set'],
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
    assert.doesNotMatch(output(await provider('key', 'withdraw', coming, '--yes')), new RegExp(coming));
    const unasked = await provider('key', 'withdraw', coming);
    assert.deepEqual([unasked.exitCode, unasked.stdout], [2, '']);
    const refusing = await runCli(['provider', 'key', 'withdraw', coming], { env, answer: 'no' });
    assert.deepEqual([refusing.exitCode, refusing.stderr.endsWith('? [y/N] atesto: nothing was done\n')], [1, true]);
    for (const gone of [coming, '-AwPfNeIhfiyF_XYFbkE62BaL9iEsYsNk-36ui9arrg']) {
      const again = await provider('key', 'withdraw', gone, '--yes');
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

  test('ATESTO_PROVIDER and --provider count for attest too, the option first', async () => {
    output(await provider('create', 'attesting'));
    const issuerOf = async (more: object, ...args: string[]): Promise<string> => {
      const made = await runCli(['attest', '--simulator', service.simulator, ...args], { env: { ...env, ...more } });
      return JSON.parse((await runCli(['token', 'inspect', '-', '--json'], { stdin: output(made) })).stdout).claims.iss;
    };
    assert.equal(await issuerOf({ ATESTO_PROVIDER: 'attesting' }), `${service.url}/providers/attesting`);
    const overridden = await issuerOf({ ATESTO_PROVIDER: 'nobody' }, '--provider', 'attesting');
    assert.equal(overridden, `${service.url}/providers/attesting`);
  });

  test('an audit operation that there is not: 2, with those that there are', async () => {
    const { exitCode, stderr } = await provider('audit', '--operation', 'nosuch');
    assert.equal(exitCode, 2);
    assert.match(stderr, /operation: it must be one of accept-restore, .+set-policy.+\[audit-query-invalid\]/);
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
