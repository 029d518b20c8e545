/** Three instances on one PostgreSQL: what holds while policies change, an instance is killed and the database goes away? */
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultPolicies } from '@atesto/policy';
import { collateralToJson } from '@atesto/simulator';
import type { InstanceSettings } from './__fixtures__/cluster-instance.ts';
import { collateral, platform, quoteOf } from './__fixtures__/enclave.ts';
import { stateDirectory } from './__fixtures__/state.ts';
import { runSql, startPostgres } from './storage/__fixtures__/postgres-server.ts';

const { server, skip } = await startPostgres();
const children: ChildProcess[] = [];
after(async () => {
  const ended = children.filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null).map(nextExit);
  for (const child of children) if (child.connected) child.disconnect();
  await Promise.all(ended);
  await server?.dispose();
});

interface Instance {
  readonly child: ChildProcess;
  readonly port: number;
  readonly agent: Agent;
}

/** One delivered token: when its request was sent, under which policy it is, and its id. */
interface Delivered {
  readonly sentAt: number;
  readonly policyHash: string;
  readonly tokenId: string;
}

/** Long enough for an instance to be heard in time on a busy machine. */
const leaseMs = 4000;
const body = JSON.stringify({ quote: quoteOf() });
const directory = stateDirectory();
const bundle = join(directory, 'collateral.json');
writeFileSync(bundle, JSON.stringify(collateralToJson(collateral)));

async function startInstance(connectionString: string, lease = leaseMs): Promise<Instance> {
  const settings: InstanceSettings = {
    connectionString,
    stateDirectory: directory,
    bundle,
    trustAnchor: platform.rootFingerprint,
    leaseMs: lease,
  };
  const file = join(import.meta.dirname, '__fixtures__', 'cluster-instance.ts');
  const child = spawn(process.execPath, [file, JSON.stringify(settings)], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  children.push(child);
  const { port, caFile } = await nextMessage<{ port: number; caFile: string }>(child);
  return { child, port, agent: new Agent({ keepAlive: true, ca: readFileSync(caFile) }) };
}

function nextMessage<Message>(child: ChildProcess): Promise<Message> {
  const { promise, resolve, reject } = Promise.withResolvers<Message>();
  const ended = (): void => reject(new Error('the instance ended'));
  child.once('exit', ended);
  child.once('message', (message: Message) => {
    child.off('exit', ended);
    resolve(message);
  });
  return promise;
}

function nextExit(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => child.once('exit', () => resolve()));
}

/** Attests once; undefined when the connection broke. */
function attest({ port, agent }: Instance): Promise<{ status: number; text: string } | undefined> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; text: string } | undefined>();
  const options = {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
  };
  const call = request(`https://127.0.0.1:${port}/attest/SgxEnclave?api-version=2020-10-01`, options, (response) => {
    const chunks: Buffer[] = [];
    response.on('data', (chunk: Buffer) => chunks.push(chunk));
    response.on('error', () => resolve(undefined));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }));
  });
  call.on('error', () => resolve(undefined));
  call.end(body);
  return promise;
}

/** Clients that attest without end, each at one instance after the other. */
class Load {
  readonly delivered: Delivered[] = [];
  readonly refused = new Map<string, number>();
  #ended = false;
  readonly #clients: Promise<void>[];

  constructor(instances: readonly Instance[], clients: number) {
    this.#clients = Array.from({ length: clients }, (_, first) => this.#run(instances, first));
  }

  async end(): Promise<void> {
    this.#ended = true;
    await Promise.all(this.#clients);
  }

  async #run(instances: readonly Instance[], first: number): Promise<void> {
    for (let index = first; !this.#ended; index += 1) {
      const instance = instances[index % instances.length];
      if (instance === undefined || instance.child.signalCode !== null) continue;
      const sentAt = performance.now();
      const answer = await attest(instance);
      if (answer?.status === 200) this.#deliver(sentAt, JSON.parse(answer.text).token);
      else {
        const code: string = answer === undefined ? 'connection' : JSON.parse(answer.text).error.innererror.code;
        this.refused.set(code, (this.refused.get(code) ?? 0) + 1);
      }
    }
  }

  #deliver(sentAt: number, token: string): void {
    const claims = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    this.delivered.push({ sentAt, policyHash: claims['x-ms-policy-hash'], tokenId: claims.jti });
  }
}

/** Changes the policy through one instance after the other; remembers what was acknowledged, and when. */
class Changes {
  readonly acknowledged: { readonly index: number; readonly at: number }[] = [];
  #index = 0;

  async make(instance: Instance): Promise<boolean> {
    this.#index += 1;
    const index = this.#index;
    const answered = nextMessage<{ acknowledged: boolean }>(instance.child);
    instance.child.send({ set: textOf(index) });
    const { acknowledged } = await answered;
    if (acknowledged) this.acknowledged.push({ index, at: performance.now() });
    return acknowledged;
  }
}

/** The policy of a change: each has another hash. */
function textOf(index: number): string {
  return `${defaultPolicies.SevSnpVm}${' '.repeat(index)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(Buffer.from(text).toString('base64url')).digest('base64url');
}

function checkPolicies({ delivered }: Load, { acknowledged }: Changes): void {
  const last = acknowledged.at(-1)?.index ?? 0;
  const indexes = new Map(Array.from({ length: last + 10 }, (_, index) => [hashOf(textOf(index)), index]));
  for (const { sentAt, policyHash } of delivered) {
    const inForce = acknowledged.findLast(({ at }) => at < sentAt)?.index ?? 0;
    const used = indexes.get(policyHash) ?? 0;
    assert.ok(used >= inForce, `a token under policy ${used} was asked for after ${inForce} was acknowledged`);
  }
}

test('loses no acknowledged change and no audit entry, and issues nothing under a policy that was replaced', {
  skip,
}, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const first = await startInstance(connectionString);
  const [second, third] = await Promise.all([startInstance(connectionString), startInstance(connectionString)]);
  const changes = new Changes();
  assert.ok(await changes.make(first));
  const load = new Load([first, second, third], 6);

  // Changes during load, through each instance.
  for (let round = 0; round < 4; round += 1) {
    for (const instance of [first, second, third]) assert.ok(await changes.make(instance));
  }

  // An instance dies without a word: changes are acknowledged again as soon as its lease is over.
  const killed = nextExit(third.child);
  third.child.kill('SIGKILL');
  await killed;
  assert.ok(await changes.make(first));
  assert.ok(await changes.make(second));

  // The database restarts.
  await server?.stop();
  assert.equal(await changes.make(first), false);
  await server?.start();
  while (!(await changes.make(second)));
  for (let round = 0; round < 3; round += 1) assert.ok(await changes.make(first));
  const before = load.delivered.length;
  while (load.delivered.length < before + 20) await pause(10);
  await load.end();

  checkPolicies(load, changes);
  const stored = await runSql(
    connectionString,
    "select content from documents where kind = 'policy' order by revision",
  );
  const texts = new Set(stored.map(({ content }) => content));
  for (const { index } of changes.acknowledged) assert.ok(texts.has(textOf(index)), `change ${index} is lost`);
  assert.ok(load.delivered.length > 100, `only ${load.delivered.length} tokens were delivered`);
  await untilAudited(connectionString, load.delivered);
});

/** Waits until the database has an entry for each token: those of the outage are handed over after it. */
async function untilAudited(connectionString: string, delivered: readonly Pick<Delivered, 'tokenId'>[]): Promise<void> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    const rows = await runSql(connectionString, "select token_id from audit where verdict = 'allowed'");
    const audited = new Set(rows.map(({ token_id: tokenId }) => tokenId));
    const missing = delivered.filter(({ tokenId }) => !audited.has(tokenId));
    if (missing.length === 0) return;
    assert.ok(performance.now() < deadline, `${missing.length} of ${delivered.length} tokens have no audit entry`);
    await pause(50);
  }
}

test('attests within the lease while the database is away, then nothing, and again when it is back', {
  skip,
}, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const instance = await startInstance(connectionString);
  const delivered: { tokenId: string }[] = [];
  const ask = async (): Promise<string> => {
    const { status, text } = (await attest(instance)) ?? assert.fail();
    if (status !== 200) return JSON.parse(text).error.innererror.code;
    const [, payload = ''] = JSON.parse(text).token.split('.');
    delivered.push({ tokenId: JSON.parse(Buffer.from(payload, 'base64url').toString()).jti });
    return 'delivered';
  };
  assert.equal(await ask(), 'delivered');
  await server?.stop();
  assert.equal(await ask(), 'delivered');
  let last = '';
  while (last !== 'policy-not-fresh') {
    last = await ask();
    assert.ok(last === 'delivered' || last === 'policy-not-fresh', last);
  }
  assert.equal(await ask(), 'policy-not-fresh');
  await server?.start();
  while ((await ask()) !== 'delivered') await pause(20);
  await untilAudited(connectionString, delivered);
});

test('keeps the audit entries of an outage when the instance is killed before it ends', { skip }, async () => {
  const connectionString = (await server?.createDatabase()) ?? assert.fail();
  const instance = await startInstance(connectionString, 60_000);
  await server?.stop();
  const load = new Load([instance], 4);
  while (load.delivered.length < 5) await pause(10);
  const killed = nextExit(instance.child);
  instance.child.kill('SIGKILL');
  await killed;
  await load.end();
  await server?.start();
  await startInstance(connectionString);
  await untilAudited(connectionString, load.delivered);
});
