/** Policies of callers in threads: what they answer, what a thread may cost, how many may wait, and that nothing stays. */
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { queryObjects } from 'node:v8';
import { compilePolicy } from '@atesto/policy';
import { attestedClaims, hostilePolicies } from '@atesto/policy/testing';
import { parseConfig } from '../config/load.ts';
import { refusalOfError } from '../http/refusal-of.ts';
import { type PolicyWorkerLimits, PolicyWorkers } from './policy-workers.ts';
import { Turns } from './turns.ts';
import { evaluateDraft } from './worker.ts';

const { policyWorkers: usual } = parseConfig({ environment: 'development' }).limits;
const opened: PolicyWorkers[] = [];
after(async () => {
  for (const workers of opened) await workers.close();
});

function open(limits: Partial<PolicyWorkerLimits> = {}): PolicyWorkers {
  const workers = new PolicyWorkers({ ...usual, ...limits }, { warn: () => {} });
  opened.push(workers);
  return workers;
}

const never = { owner: 'alice', signal: new AbortController().signal };
const permitting = 'version=1.0;authorizationrules{=> permit();};';
const work = (text: string) => ({ text, attestationType: 'SgxEnclave', claims: attestedClaims });

/** `answered`, or status, code and seconds after which to try again. */
async function outcome(answer: Promise<unknown>): Promise<readonly unknown[]> {
  try {
    await answer;
    return ['answered'];
  } catch (error) {
    const refused = refusalOfError(error);
    if (refused === undefined) throw error;
    return [refused.status, refused.refusal.code, refused.retryAfterSeconds];
  }
}

test('evaluates a draft in a thread', async () => {
  const workers = open();
  assert.deepEqual(await workers.evaluateDraft(work(permitting), never), {
    ok: true,
    hash: 'f27ukcU8ep-KS3CyP8TKmdiiu4Xyd5aLzghwveJ-4b4',
    minimumTcbEvaluationDataNumber: 0,
    decision: { authorized: true, issued: [] },
  });
});

test('reports what is wrong with a policy, and what is wrong with claims', async () => {
  const workers = open();
  const premit = 'version=1.0;authorizationrules{=> premit();};';
  assert.deepEqual(await workers.evaluateDraft(work(premit), never), {
    ok: false,
    fault: {
      code: 'policy-invalid',
      faults: ['line 1, column 35: There is no action premit. Did you mean permit?'],
    },
  });
  const explained = await workers.explain({ ...work(permitting), claims: '[1]' }, never);
  assert.equal(explained.ok ? 'explained' : explained.refusal.code, 'invalid-claim');
});

/** Needs far more memory than the least that a thread may have, and no more than the budget of an evaluation allows. */
const large = `version=1.2;authorizationrules{=> add(type="d0", value="${'x'.repeat(1000)}");${Array.from(
  { length: 10 },
  (_, at) => `c:[type=="d${at}"] => add(type="d${at + 1}", value=AppendString(c.value, c.value));`,
).join('')}${Array.from(
  { length: 28 },
  (_, at) =>
    `c:[type=="d10"] => add(type="e", value=JmesPath(AppendString(AppendString("[\\"${at}\u{1f600}", c.value), "\\"]"), "@"));`,
).join('')}=> permit();};`;

test('a policy that needs more memory than a thread may take costs the thread and is refused; the next one is evaluated', async () => {
  const workers = open({ threads: 1, heapMiB: 32 });
  assert.deepEqual(await outcome(workers.evaluateDraft(work(large), never)), [400, 'policy-too-costly', undefined]);
  assert.deepEqual(await outcome(workers.evaluateDraft(work(permitting), never)), ['answered']);
});

test('a policy that takes longer than it may costs the thread and is refused', async () => {
  const workers = open({ timeoutMs: 1 });
  assert.deepEqual(await outcome(workers.evaluateDraft(work(large), never)), [400, 'policy-too-costly', undefined]);
});

test('refuses callers with Retry-After when too many wait', async () => {
  const workers = open({ threads: 1, queueLength: 2 });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => outcome(workers.evaluateDraft(work(permitting), never))),
  );
  const busy = [503, 'policy-workers-busy', 1];
  assert.deepEqual(answers, [['answered'], ['answered'], ['answered'], busy, busy]);
});

test('a caller who disconnects makes room in the queue, and a turn that ends goes to the next', async () => {
  const turns = new Turns(1, 1);
  const leaving = new AbortController();
  assert.equal(await turns.take(never), true);
  const left = turns.take({ owner: 'alice', signal: leaving.signal });
  assert.equal(await turns.take(never), false);
  leaving.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  const next = turns.take(never);
  assert.equal(turns.waiting, 1);
  turns.end();
  assert.equal(await next, true);
  assert.equal(await turns.take({ owner: 'alice', signal: AbortSignal.timeout(0) }).catch(() => 'left'), 'left');
});

test('owners take turns, and an owner with fewer waiting tasks displaces the last task of the owner with the most', async () => {
  const turns = new Turns(1, 4);
  const ended: string[] = [];
  const { signal } = never;
  const take = async (owner: string, name: string): Promise<void> => {
    ended.push(`${name} ${await turns.take({ owner, signal })}`);
  };
  const mallory = ['m1', 'm2', 'm3', 'm4', 'm5', 'm6'].map((name) => take('mallory', name));
  const others = [take('alice', 'a1'), take('alice', 'a2'), take('bob', 'b1'), take('alice', 'a3')];
  for (let at = 0; at < 5; at++) {
    await new Promise(setImmediate);
    turns.end();
  }
  await Promise.all([...mallory, ...others]);
  assert.deepEqual(
    ended.filter((one) => one.endsWith('true')),
    ['m1 true', 'm2 true', 'a1 true', 'b1 true', 'a2 true'],
  );
  assert.deepEqual(ended.filter((one) => one.endsWith('false')).sort(), [
    'a3 false',
    'm3 false',
    'm4 false',
    'm5 false',
    'm6 false',
  ]);
  assert.equal(turns.waiting, 0);
});

test('no state of a draft stays in a thread after its evaluation', () => {
  const compiled = compilePolicy(permitting);
  assert.ok(compiled.ok);
  const { constructor: kind } = compiled.value;
  const kept = (): number => queryObjects(kind, { format: 'count' });
  const before = kept();
  const drafts = hostilePolicies.filter(({ text }) => text.length < 20_000).slice(0, 6);
  for (const { text } of drafts) evaluateDraft(work(text));
  assert.deepEqual([drafts.length, kept() - before], [6, 0]);
});
