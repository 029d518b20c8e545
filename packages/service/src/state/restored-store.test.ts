/** A database that is restored under running instances, and while none runs: what instances, callers and operators see. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { runSql, sharedPostgres, stateDirectory } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { claimsOf, quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';
import type { TestService } from '../__fixtures__/service.ts';
import { parseConfig } from '../config/load.ts';
import type { ServiceSettings } from '../config/schema.ts';
import { acceptRestoredStore, checkConfiguredStore } from './operate-store.ts';

const { server, skip } = await sharedPostgres();
after(() => server?.dispose());
const contributor = await bearer('carl', 'default-contributors');

/** A database, how an operator restores it, and the settings of each instance on it. */
interface Restorable {
  readonly instances: readonly ServiceSettings[];
  backUp(): Promise<void>;
  restore(): Promise<void>;
}

const common: ServiceSettings = {
  environment: 'development',
  listen: { port: 0 },
  identity,
  signing: { algorithm: 'ES256' },
};

function onSqlite(): Restorable {
  const directory = stateDirectory();
  const path = join(directory, 'store.sqlite');
  const backup = join(stateDirectory(), 'store.sqlite');
  return {
    instances: [{ ...common, stateDirectory: directory }],
    backUp: async () => {
      for (const end of ['', '-wal']) if (existsSync(path + end)) copyFileSync(path + end, backup + end);
    },
    restore: async () => {
      for (const end of ['', '-wal', '-shm']) rmSync(path + end, { force: true });
      for (const end of ['', '-wal']) if (existsSync(backup + end)) copyFileSync(backup + end, path + end);
    },
  };
}

async function onPostgres(): Promise<Restorable> {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const name = new URL(connectionString).pathname.slice(1);
  const maintenance = connectionString.replace(/\/[^/]*$/, '/postgres');
  const keys = stateDirectory();
  const fileOf = (file: string, byte: number): string => {
    writeFileSync(join(keys, file), Buffer.alloc(32, byte));
    return join(keys, file);
  };
  const storage = { kind: 'postgres', connectionString, integrityKeyFile: fileOf('integrity.key', 7) } as const;
  const signing = { ...common.signing, keyFile: fileOf('sealing.key', 8) };
  const settings = (): ServiceSettings => ({ ...common, stateDirectory: stateDirectory(), storage, signing });
  return {
    instances: [settings(), settings()],
    backUp: async () => {
      await runSql(maintenance, `create database ${name}_backup template ${name}`);
    },
    restore: async () => {
      await runSql(maintenance, `drop database ${name} with (force)`);
      await runSql(maintenance, `create database ${name} template ${name}_backup`);
    },
  };
}

/** Sets a policy whose tokens tell its number; answers 200, or the code of the refusal. */
async function setPolicy(service: TestService, change: number): Promise<number | string> {
  const body = `version= 1.0;authorizationrules{=> permit();};issuancerules{=> issue(type="change", value=${change});};`;
  const headers = { ...contributor, 'content-type': 'text/plain' };
  const answer = await service.call('/policies/SgxEnclave?api-version=2022-08-01', { method: 'PUT', headers, body });
  return answer.status === 200 ? 200 : (refusalOf(answer)[2] ?? '');
}

async function changeInForce(service: TestService): Promise<unknown> {
  const answer = await service.attest('SgxEnclave', { quote: quoteOf() });
  return answer.status === 200 ? claimsOf(answer).change : refusalOf(answer)[2];
}

async function until(service: TestService, status: number): Promise<void> {
  while ((await service.call('/readyz')).status !== status) await pause(10);
}

const healthLines = (service: TestService): unknown[] =>
  service.logged
    .map((line) => JSON.parse(line))
    .filter(({ dependency }) => dependency === 'store-history')
    .map(({ level, status }) => [level, status]);

const databases: [string, string | false, () => Promise<Restorable>][] = [
  ['one SQLite file', false, async () => onSqlite()],
  ['two instances on PostgreSQL', skip, onPostgres],
];

for (const [name, reason, create] of databases) {
  describe(`a restored store: ${name}`, { skip: reason }, () => {
    test('under running instances: they are not ready and change nothing until an operator accepts it, then serve what it has', async () => {
      const { instances, backUp, restore } = await create();
      const [settings = {}] = instances;
      const first = await serveEnclaves(settings);
      assert.equal(await setPolicy(first, 1), 200);
      await first.close();
      await backUp();
      const services = await Promise.all(instances.map((one) => serveEnclaves(one)));
      const [one, last] = [services[0] ?? assert.fail(), services.at(-1) ?? assert.fail()];
      assert.equal(await setPolicy(one, 2), 200);
      for (const service of services) assert.equal(await changeInForce(service), 2);
      await restore();
      for (const service of services) {
        await until(service, 503);
        assert.equal(await setPolicy(service, 3), 'store-rolled-back');
        assert.equal(await changeInForce(service), 'policy-not-fresh');
        assert.deepEqual(healthLines(service), [[50, 'failing']]);
      }
      const config = parseConfig(settings);
      const checked = await checkConfiguredStore(config);
      assert.equal(checked.ok ? 'whole' : checked.refusal.code, 'store-rolled-back');
      assert.ok((await acceptRestoredStore(config)).ok);
      for (const service of services) {
        await until(service, 200);
        assert.equal(await changeInForce(service), 1);
      }
      assert.equal(await setPolicy(last, 4), 200);
      for (const service of services) assert.equal(await changeInForce(service), 4);
      assert.ok((await checkConfiguredStore(config)).ok);
    });

    test('while none runs: an instance that starts on it is not ready until an operator accepts it', async () => {
      const { instances, backUp, restore } = await create();
      const [settings = {}] = instances;
      const first = await serveEnclaves(settings);
      assert.equal(await setPolicy(first, 1), 200);
      await first.close();
      await backUp();
      const second = await serveEnclaves(settings);
      assert.equal(await setPolicy(second, 2), 200);
      await second.close();
      await restore();
      const third = await serveEnclaves(settings);
      assert.equal((await third.call('/readyz')).status, 503);
      assert.equal(await setPolicy(third, 3), 'not-ready');
      assert.equal(await changeInForce(third), 'not-ready');
      assert.ok((await acceptRestoredStore(parseConfig(settings))).ok);
      await until(third, 200);
      assert.equal(await changeInForce(third), 1);
    });

    test('an operator’s acceptance is in the audit record and in the history of the store', async () => {
      const { instances } = await create();
      const [settings = {}] = instances;
      const service = await serveEnclaves({ ...settings });
      await service.close();
      assert.ok((await acceptRestoredStore(parseConfig(settings))).ok);
      const again = await serveEnclaves(settings);
      const administrator = await bearer('root', 'administrators');
      const answer = await again.call('/audit?scope=service&operation=accept-restore', { headers: administrator });
      const [entry, ...others] = JSON.parse(answer.text).entries;
      assert.deepEqual([entry.verdict, others], ['allowed', []]);
      assert.match(entry.caller, /^operator /);
    });
  });
}
