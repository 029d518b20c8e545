import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ConfigRefused, configCodes, configTable, loadConfig } from '../index.ts';

const directory = mkdtempSync(join(tmpdir(), 'atesto-config-'));
/** Modes of files mean nothing there. */
const modes = process.platform === 'win32' && 'files have no modes';
after(() => rmSync(directory, { recursive: true, force: true }));

function fileOf(name: string, content: unknown): string {
  const path = join(directory, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** `where [code]` of each fault. */
function faults(sources: Parameters<typeof loadConfig>[0]): string[] {
  try {
    loadConfig(sources);
  } catch (error) {
    assert.ok(error instanceof ConfigRefused);
    for (const { code } of error.problems) assert.ok(code in configCodes);
    return error.problems.map(({ where, code }) => `${where} [${code}]`);
  }
  return [];
}

test('takes defaults, then the file, then the environment, then overrides', () => {
  const file = fileOf('order.json', {
    environment: 'development',
    listen: { port: 1, host: '127.0.0.2' },
    log: { level: 'warn' },
  });
  const config = loadConfig({
    file,
    env: { ATESTO_LISTEN_PORT: '2', ATESTO_LOG_LEVEL: 'error', PATH: '/bin' },
    overrides: { listen: { port: 3 } },
  });
  assert.deepEqual(config.listen, { host: '127.0.0.2', port: 3, allowPublicDevelopment: false, trustedProxies: [] });
  assert.equal(config.log.level, 'error');
  assert.equal(config.limits.bodyBytes, 1_048_576);
});

test('reads every kind of setting from the environment', () => {
  const issuers = [{ issuer: 'https://login.example.org/tenant/v2.0' }];
  const config = loadConfig({
    env: {
      ATESTO_ENVIRONMENT: 'development',
      ATESTO_IDENTITY_REQUIRE_ACCESS_TOKEN: 'true',
      ATESTO_IDENTITY_AUDIENCES: 'https://one, https://two',
      ATESTO_IDENTITY_ISSUERS: JSON.stringify(issuers),
      ATESTO_SIGNING_ROTATION_DAYS: '1.5',
    },
  });
  assert.equal(config.identity.requireAccessToken, true);
  assert.deepEqual(config.identity.audiences, ['https://one', 'https://two']);
  assert.deepEqual(config.identity.issuers, issuers);
  assert.equal(config.signing.rotationDays, 1.5);
});

test('relative paths in the file are relative to the file', () => {
  fileOf('policy.txt', 'version= 1.0;');
  const file = fileOf('paths.json', {
    environment: 'development',
    stateDirectory: 'state',
    provider: { policies: { SgxEnclave: 'policy.txt' } },
    identity: { issuers: [{ issuer: 'https://login.example.org', caFile: 'policy.txt' }] },
  });
  const config = loadConfig({ file });
  assert.equal(config.identity.issuers[0]?.caFile, join(directory, 'policy.txt'));
  assert.equal(config.stateDirectory, join(directory, 'state'));
  assert.equal(config.provider.policies.SgxEnclave, join(directory, 'policy.txt'));
});

test('reports every fault at once, with its setting and variable, and how to fix it', () => {
  const file = fileOf('faults.json', {
    environment: 'development',
    listen: { prot: 1 },
    limits: { bodyBytes: 'many' },
    foo: {},
  });
  const env = {
    ATESTO_LISTEN_PORT: 'https',
    ATESTO_LISTEN_PROT: '1',
    ATESTO_IDENTITY_ISSUERS: '[{"issuer":"http://x"}]',
  };
  assert.deepEqual(faults({ file, env }).sort(), [
    'ATESTO_LISTEN_PROT [setting-unknown]',
    'foo [setting-unknown]',
    'identity.issuers.0.issuer (from ATESTO_IDENTITY_ISSUERS) [setting-invalid]',
    'limits.bodyBytes [setting-invalid]',
    'listen.port (from ATESTO_LISTEN_PORT) [setting-invalid]',
    'listen.prot [setting-unknown]',
  ]);
});

test('never shows the value of a setting', () => {
  const secret = 'short-secret';
  assert.throws(
    () => loadConfig({ env: { ATESTO_ENVIRONMENT: 'development', ATESTO_DEVELOPMENT_IDENTITY_CLIENT_SECRET: secret } }),
    (error) => error instanceof ConfigRefused && !error.message.includes(secret) && error.message.includes('16 to 256'),
  );
});

test('requires in production what development generates', () => {
  assert.deepEqual(faults({}), [
    'baseUri [setting-missing]',
    'tls.certificateFile [setting-missing]',
    'signing.keyFile [setting-missing]',
    'storage.integrityKeyFile [setting-missing]',
  ]);
  assert.deepEqual(faults({ env: { ATESTO_ENVIRONMENT: 'development' } }), []);
});

test('refuses development roots and the development OpenID provider outside development', () => {
  const found = faults({
    overrides: { developmentIdentity: { enabled: true }, provider: { trustAnchors: ['ab'.repeat(32)] } },
  });
  assert.deepEqual(found.slice(0, 2), [
    'developmentIdentity.enabled [development-only]',
    'provider.trustAnchors [development-only]',
  ]);
});

test('refuses in production each secret file that others can read, and names the chmod to run', { skip: modes }, () => {
  const at = (mode: number): string => {
    const path = fileOf(`secret ${mode}`, 'x');
    chmodSync(path, mode);
    return path;
  };
  const settings = (path: string, environment: 'production' | 'development') => ({
    environment,
    baseUri: 'https://attest.example.org',
    tls: { certificateFile: at(0o644), keyFile: path, keyPassphraseFile: path },
    signing: { passphraseFile: path, hsm: { library: at(0o644), tokenLabel: 'x', pinFile: path } },
    storage: { kind: 'postgres', connectionStringFile: path, integrityKeyFile: path },
    endorsements: { intel: { url: 'https://pcs.example.org', subscriptionKeyFile: path } },
  });
  const secrets = [
    'tls.keyFile',
    'tls.keyPassphraseFile',
    'signing.passphraseFile',
    'signing.hsm.pinFile',
    'storage.connectionStringFile',
    'storage.integrityKeyFile',
    'endorsements.intel.subscriptionKeyFile',
  ].map((where) => `${where} [secret-file-exposed]`);
  for (const mode of [0o640, 0o604, 0o620, 0o602]) {
    assert.deepEqual(faults({ overrides: settings(at(mode), 'production') }), secrets, mode.toString(8));
    assert.deepEqual(faults({ overrides: settings(at(mode), 'development') }), []);
  }
  assert.deepEqual(faults({ overrides: settings(at(0o600), 'production') }), []);
  const open = at(0o644);
  assert.throws(
    () => loadConfig({ overrides: settings(open, 'production') }),
    (error) => error instanceof ConfigRefused && error.message.includes(`run: chmod 600 '${open}'`),
  );
});

test('refuses in production a settings file that contains a secret and that others can read', { skip: modes }, () => {
  const key = fileOf('key', 'x');
  chmodSync(key, 0o600);
  const settings = {
    baseUri: 'https://attest.example.org',
    tls: { certificateFile: key, keyFile: key },
    signing: { keyFile: key },
    storage: { kind: 'postgres', connectionString: 'postgres://user:password@db/atesto', integrityKeyFile: key },
  };
  const file = fileOf('with-secret.json', settings);
  chmodSync(file, 0o644);
  assert.deepEqual(faults({ file }), [`${file} [secret-file-exposed]`]);
  chmodSync(file, 0o600);
  assert.deepEqual(faults({ file }), []);
});

test('refuses to listen beyond loopback in development unless a setting says so', () => {
  const listening = (listen: object, environment = 'development'): string[] =>
    faults({ overrides: { environment, listen } });
  for (const host of ['127.0.0.1', '127.8.0.9', '::1', 'localhost', 'LOCALHOST', '::ffff:127.0.0.1']) {
    assert.deepEqual(listening({ host }), [], host);
  }
  for (const host of ['0.0.0.0', '::', '192.0.2.7', '2001:db8::1', 'attest.example.org', '::ffff:192.0.2.7']) {
    assert.deepEqual(listening({ host }), ['listen.host [development-public]'], host);
    assert.deepEqual(listening({ host, allowPublicDevelopment: true }), []);
    assert.ok(!listening({ host }, 'production').some((fault) => fault.includes('development-public')));
  }
});

test('refuses incomplete pairs, two secrets for one purpose, and missing files', () => {
  const file = fileOf('secret', 'x');
  const development = { environment: 'development' };
  assert.deepEqual(faults({ overrides: { ...development, tls: { keyFile: file } } }), [
    'tls.certificateFile [setting-missing]',
  ]);
  assert.deepEqual(faults({ overrides: { ...development, tls: { certificateFile: file } } }), [
    'tls.keyFile [setting-missing]',
  ]);
  assert.deepEqual(faults({ overrides: { ...development, signing: { passphraseFile: file, keyFile: file } } }), [
    'signing.keyFile [setting-invalid]',
  ]);
  assert.deepEqual(faults({ overrides: { ...development, endorsements: { intel: { caFile: file } } } }), [
    'endorsements.intel.url [setting-missing]',
  ]);
  assert.deepEqual(
    faults({ overrides: { ...development, signing: { publishAheadSeconds: 86_400, rotationDays: 1 } } }),
    ['signing.publishAheadSeconds [setting-invalid]'],
  );
  assert.deepEqual(
    faults({ overrides: { ...development, provider: { policies: { SgxEnclave: '/nowhere/policy' } } } }),
    ['provider.policies.SgxEnclave [setting-file-unreadable]'],
  );
});

test('refuses a store that mixes settings of both kinds, or that has no key', () => {
  const development = { environment: 'development' };
  const file = fileOf('key', 'x');
  const url = 'postgres://user@db.example.org/atesto';
  const storage = (settings: object): string[] => faults({ overrides: { ...development, storage: settings } });
  assert.deepEqual(storage({ kind: 'postgres', integrityKeyFile: file }), [
    'storage.connectionStringFile [setting-missing]',
  ]);
  assert.deepEqual(storage({ kind: 'postgres', connectionString: url }), [
    'storage.integrityKeyFile [setting-missing]',
  ]);
  assert.deepEqual(storage({ connectionString: url }), ['storage.kind [setting-invalid]']);
  const postgres = { kind: 'postgres', connectionString: url, integrityKeyFile: file };
  assert.deepEqual(storage(postgres), []);
  assert.deepEqual(storage({ ...postgres, path: 'store' }), ['storage.path [setting-invalid]']);
  assert.deepEqual(storage({ ...postgres, connectionStringFile: file }), [
    'storage.connectionString [setting-invalid]',
  ]);
});

test('refuses a role rule that does not name its providers or its issuer', () => {
  const issuers = [{ issuer: 'https://one.example.org' }, { issuer: 'https://two.example.org' }];
  const rule = { role: 'attestation-reader', claim: 'groups', value: 'auditors' };
  const roles = (one: object, among = issuers.slice(0, 1)): string[] =>
    faults({ overrides: { environment: 'development', identity: { issuers: among, roles: [one] } } });
  assert.deepEqual(roles({ ...rule, providers: ['*'] }), []);
  assert.deepEqual(roles({ ...rule, role: 'service-administrator' }), []);
  assert.deepEqual(roles(rule), ['identity.roles.0.providers [setting-missing]']);
  assert.deepEqual(roles({ ...rule, providers: ['*'] }, issuers), ['identity.roles.0.issuer [setting-missing]']);
  assert.deepEqual(roles({ ...rule, providers: ['*'], issuer: 'https://three.example.org' }), [
    'identity.roles.0.issuer [setting-invalid]',
  ]);
});

test('refuses a file that is missing, not JSON, or not an object, and shows nothing of its content', () => {
  const env = { ATESTO_ENVIRONMENT: 'production' };
  for (const file of [join(directory, 'absent.json'), fileOf('broken.json', '{'), fileOf('list.json', [])]) {
    assert.deepEqual(faults({ file, env }), [`${file} [config-unreadable]`]);
  }
});

test('each setting has one variable, a form and a meaning', () => {
  assert.equal(new Set(configTable.map(({ variable }) => variable)).size, configTable.length);
  for (const { path, form, meaning } of configTable) assert.ok(form !== '' && meaning !== '', path);
  const port = configTable.find(({ path }) => path === 'listen.port');
  assert.deepEqual(port, {
    path: 'listen.port',
    variable: 'ATESTO_LISTEN_PORT',
    kind: 'integer',
    form: 'a whole number from 0 to 65535',
    byDefault: '8443',
    meaning: 'The port to listen on; 0 takes a free one.',
    isPath: false,
    isSecret: false,
  });
});

test('refuses admission limits under which the largest body could never be sent', () => {
  const bodies = { bodyBytes: 1_048_575 };
  const admission = { address: bodies, caller: bodies, total: { bodyBytes: 1_398_100 } };
  const file = fileOf('admission.json', { environment: 'development', admission });
  assert.deepEqual(faults({ file }), [
    'admission.address.bodyBytes [setting-invalid]',
    'admission.caller.bodyBytes [setting-invalid]',
    'admission.total.bodyBytes [setting-invalid]',
  ]);
  const least = { bodyBytes: 1_048_576 };
  const enough = { address: least, caller: least, total: { bodyBytes: 1_398_102 } };
  assert.deepEqual(
    faults({ file: fileOf('admission-enough.json', { environment: 'development', admission: enough }) }),
    [],
  );
});
