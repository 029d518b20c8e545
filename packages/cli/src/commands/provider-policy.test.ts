/** `atesto provider policy` and `atesto provider signer`, as an administrator uses them against a real service. */
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { type CliResult, runCli } from '../__fixtures__/cli.ts';
import { temporaryDirectory } from '../__fixtures__/directory.ts';
import { makeSignerFiles } from '../__fixtures__/policy-signer.ts';
import { startTestService } from '../__fixtures__/service.ts';

const service = await startTestService();
const [signer, other] = [await makeSignerFiles(), await makeSignerFiles()];
const env = {
  ATESTO_ENDPOINT: service.url,
  ATESTO_CA: service.ca,
  ATESTO_ISSUER: service.issuer,
  ATESTO_CLIENT_FILE: service.clientFile,
};
const provider = (...args: string[]): Promise<CliResult> => runCli(['provider', ...args], { env });
const directory = temporaryDirectory();
const permit = 'version= 1.0;authorizationrules{=> permit();};';
const deny = 'version= 1.0;authorizationrules{=> deny();};';

function fileOf(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** A reply of a service that holds a policy, as far as a client reads it. */
function replyWith(jws: string): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return `${part({ alg: 'RS256' })}.${part({ 'x-ms-policy': jws })}.c2ln`;
}

const permitFile = fileOf('permit.txt', permit);
const denyFile = fileOf('deny.txt', deny);

function output({ exitCode, stdout, stderr }: CliResult): string {
  assert.equal(exitCode, 0, stderr);
  return stdout;
}

async function refused(...args: string[]): Promise<string> {
  const { exitCode, stderr } = await provider(...args);
  assert.notEqual(exitCode, 0, 'it was accepted');
  return stderr;
}

const thumbprint = (path: string): string => new X509Certificate(readFileSync(path)).fingerprint.replaceAll(':', '');

describe('atesto provider policy', () => {
  test('sets, shows and resets a policy, and shows who did it', async () => {
    output(await provider('create', 'shop'));
    const at = ['--provider', 'shop'];
    assert.match(output(await provider('policy', 'show', ...at)), /^version= 1\.1;/);
    const { exitCode, stdout, stderr } = await provider('policy', 'show', '--type', 'Tpm', ...at);
    assert.deepEqual([exitCode, stdout, stderr], [0, '', 'No policy is set for Tpm, and it has no default one.\n']);
    assert.match(
      output(await provider('policy', 'set', permitFile, ...at)),
      /^Updated {2}SgxEnclave policy of shop {2}entity tag "\d+"\n$/,
    );
    assert.equal(output(await provider('policy', 'show', ...at)), `${permit}\n`);
    output(await provider('policy', 'set', denyFile, ...at));
    assert.match(output(await provider('policy', 'reset', ...at)), /^Removed/);
    const rolled = JSON.parse(output(await provider('policy', 'rollback', '1', '--json', ...at)));
    assert.equal(rolled.result, 'Updated');
    assert.equal(output(await provider('policy', 'show', ...at)), `${permit}\n`);
    const lines = output(await provider('policy', 'history', ...at))
      .trim()
      .split('\n');
    assert.deepEqual(
      lines.map((line) =>
        line
          .split('  ')
          .filter((_, index) => index !== 1 && index !== 4)
          .slice(0, 2),
      ),
      [
        ['4', 'rollback to 1'],
        ['3', 'reset'],
        ['2', 'set'],
        ['1', 'set'],
      ],
    );
    assert.match(lines[1] ?? '', /default policy +https:.+#atesto-development$/);
  });

  test('changes a policy only while it is the one that was seen', async () => {
    output(await provider('create', 'careful'));
    const at = ['--provider', 'careful'];
    const { etag } = JSON.parse(output(await provider('policy', 'set', permitFile, '--json', ...at)));
    output(await provider('policy', 'set', denyFile, '--if-match', etag, ...at));
    assert.match(await refused('policy', 'set', permitFile, '--if-match', etag, ...at), /version-conflict/);
  });

  test('on an Isolated provider: only policies and requests that a policy signer signed', async () => {
    output(await provider('create', 'vault', '--signer', signer.certificate));
    const at = ['--provider', 'vault'];
    assert.match(await refused('policy', 'set', permitFile, ...at), /signature-missing/);
    assert.match(await refused('policy', 'set', permitFile, ...other.options, ...at), /policy-signer-unknown/);
    output(await provider('policy', 'set', permitFile, ...signer.options, ...at));
    assert.match(await refused('policy', 'reset', ...at), /signature-missing/);
    output(await provider('policy', 'reset', ...signer.options, ...at));
    assert.match(output(await provider('policy', 'history', ...at)), /set +\S+ signed {2}/);
  });

  test('sets what GET /policies of another service answers, signed as it was signed', async () => {
    const { jws: unsecured } = JSON.parse(output(await provider('policy', 'show', '--json')));
    const answer = (jws: string): string => fileOf('answer.json', JSON.stringify({ token: replyWith(jws) }));
    output(await provider('create', 'moved'));
    const at = ['--provider', 'moved', '--type', 'SgxEnclave'];
    output(await provider('policy', 'set', answer(unsecured), ...at));
    assert.equal(JSON.parse(output(await provider('policy', 'show', '--json', ...at))).jws, unsecured);
    output(await provider('policy', 'set', answer(unsecured), ...at, ...signer.options));
    assert.equal(JSON.parse(output(await provider('policy', 'show', '--json', ...at))).isSigned, true);

    const [header = '', payload = ''] = unsecured.split('.');
    const policy = JSON.parse(Buffer.from(payload, 'base64url').toString());
    for (const bound of [{ aud: `${service.url}/providers/moved` }, { exp: 4_000_000_000 }, { nbf: 1 }]) {
      const limited = Buffer.from(JSON.stringify({ ...policy, ...bound })).toString('base64url');
      const anew = ['policy', 'set', fileOf('bound.jws', `${header}.${limited}.`), ...at, ...signer.options];
      assert.match(await refused(...anew), /^atesto: the JWS says for which provider or until when it is/);
    }

    output(await provider('create', 'moved-vault', '--signer', signer.certificate));
    const vault = ['--provider', 'moved-vault', '--type', 'SgxEnclave'];
    const signed = output(await provider('policy', 'sign', permitFile, ...signer.options)).trim();
    output(await provider('policy', 'set', answer(signed), ...vault));
    assert.equal(JSON.parse(output(await provider('policy', 'show', '--json', ...vault))).jws, signed);
    const twice = ['policy', 'set', answer(signed), ...vault, ...signer.options];
    assert.match(await refused(...twice), /^atesto: the policy is signed already\n/);
  });

  test('signs offline for one provider, and no other takes it', async () => {
    for (const name of ['here', 'there']) output(await provider('create', name, '--signer', signer.certificate));
    const audience = `${service.url}/providers/here`;
    const signed = output(await provider('policy', 'sign', permitFile, ...signer.options, '--audience', audience));
    const jws = fileOf('policy.jws', signed);
    output(await provider('policy', 'set', jws, '--provider', 'here'));
    assert.match(await refused('policy', 'set', jws, '--provider', 'there'), /signed-request-misdirected/);
    const unbound = fileOf('unbound.jws', output(await provider('policy', 'sign', permitFile, ...signer.options)));
    output(await provider('policy', 'set', unbound, '--provider', 'there'));
  });
});

describe('atesto provider recover-signers', () => {
  test('is refused while the certificate of a signer is in force', async () => {
    output(await provider('create', 'recovering', '--signer', signer.certificate));
    const asked = ['recover-signers', 'recovering', '--signer', other.certificate];
    assert.match(await refused(...asked), /\[policy-signer-in-force\].+\nhint: atesto provider signer add FILE/);
  });
});

describe('atesto provider signer', () => {
  test('adds, lists and removes policy signers at the request of one that is there', async () => {
    output(await provider('create', 'guarded', '--signer', signer.certificate));
    const at = ['--provider', 'guarded'];
    const added = output(await provider('signer', 'add', other.certificate, ...signer.options, ...at));
    assert.equal(added, `IsPresent  ${thumbprint(other.certificate)}\n`);
    const listed = output(await provider('signer', 'list', ...at));
    for (const { certificate } of [signer, other]) assert.ok(listed.includes(thumbprint(certificate)), listed);
    const shown = output(await provider('show', 'guarded'));
    for (const { certificate } of [signer, other])
      assert.match(shown, new RegExp(`${thumbprint(certificate)} until 20`));
    const removed = output(await provider('signer', 'remove', signer.certificate, ...other.options, ...at));
    assert.equal(removed, `IsAbsent  ${thumbprint(signer.certificate)}\n`);
    assert.match(await refused('signer', 'add', signer.certificate, ...signer.options, ...at), /policy-signer-unknown/);
    assert.match(await refused('signer', 'remove', other.certificate, ...other.options, ...at), /policy-signer-last/);
  });
});
