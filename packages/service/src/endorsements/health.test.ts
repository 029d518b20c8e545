/** What an operator reads of the sources of endorsements: one line for each change. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type EndorsementCode,
  type EndorsementResult,
  type EndorsementSource,
  freshnessAt,
} from '@atesto/endorsements';
import type { PcsFault } from '@atesto/testing/servers';
import { collateral, platform, quoteOf } from '../__fixtures__/enclave.ts';
import { endorsementCaFile, servePcs } from '../__fixtures__/endorsement-service.ts';
import { serve } from '../__fixtures__/service.ts';
import { Health } from '../health/health.ts';
import { EndorsementHealth } from './health.ts';

const at = new Date('2026-06-01T12:00:00Z');
const later = (days: number): Date => new Date(at.getTime() + days * 86_400_000);

function scene() {
  const lines: string[] = [];
  const note =
    (level: string) =>
    (...[, message]: readonly unknown[]): void =>
      void lines.push(`${level}: ${message}`);
  let now = at;
  const clock = (): Date => now;
  const health = new Health({ info: note('info'), warn: note('warn'), error: note('error') }, clock);
  const reporter = health.dependency('amd-endorsements', { isRequired: false });
  const observed = new EndorsementHealth(reporter, { setting: 'endorsements.amd', clock });
  const answers: EndorsementResult<string>[] = [];
  const source: EndorsementSource<string, string> = { get: async () => answers.shift() ?? given };
  const state = () => health.states().get('amd-endorsements');
  const turnTo = (days: number): void => {
    now = later(days);
  };
  return { lines, observed, source, answers, state, turnTo, health };
}

const given: EndorsementResult<string> = { ok: true, value: { collateral: '' } };
const refused = (code: EndorsementCode): EndorsementResult<string> => ({
  ok: false,
  refusal: { code, where: 'https://kds.example', why: `differs ${Math.random()}` },
});
const dueAt = (nextUpdate: Date, when: Date, graceSeconds = 0): EndorsementResult<string> => ({
  ok: true,
  value: {
    collateral: '',
    freshness: freshnessAt({ fetchedAt: at, nextUpdate, source: 'x' }, when, graceSeconds),
  },
});

test('a service that fails and is back is one line each, however often it is asked', async () => {
  const { observed, source, answers, lines, state, health } = scene();
  const service = observed.ofService(source);
  answers.push(given, refused('endorsements-timed-out'), refused('endorsements-timed-out'));
  for (let asked = 0; asked < 3; asked++) await service.get('chip', { at });
  assert.deepEqual(state(), {
    status: 'failing',
    reason:
      "the vendor's service fails: endorsements-timed-out at https://kds.example; what is at hand serves until its next update; check endorsements.amd and the network",
    since: at,
  });
  assert.equal(health.isReady, true);
  await service.get('chip', { at });
  assert.deepEqual(lines, ['error: amd-endorsements is failing', 'info: amd-endorsements is back']);
});

test('that a platform is not known, or the evidence is at fault, says nothing of the service', async () => {
  const { observed, source, answers, lines } = scene();
  const service = observed.ofService(source);
  answers.push(refused('endorsements-not-found'), refused('vcek-not-addressable'), refused('endorsements-cancelled'));
  for (let asked = 0; asked < 3; asked++) await service.get('chip', { at });
  assert.deepEqual(lines, []);
});

test('endorsements in grace are a warning, expired ones a failure, and newer ones end both', async () => {
  const { observed, source, answers, lines } = scene();
  const all = observed.ofAnswers(source);
  for (const days of [0, 1.5, 1.6, 3, 3.1]) {
    answers.push(dueAt(later(1), later(days), 86_400));
    await all.get('chip', { at: later(days) });
  }
  answers.push(dueAt(later(9), later(3.2), 86_400));
  await all.get('chip', { at: later(3.2) });
  assert.deepEqual(lines, [
    'warn: amd-endorsements needs attention',
    'error: amd-endorsements is failing',
    'info: amd-endorsements is back',
  ]);
});

test('one platform that is up to date does not hide another that is not, until nobody asks for that any more', async () => {
  const { observed, source, answers, lines, turnTo } = scene();
  const all = observed.ofAnswers(source);
  answers.push(refused('endorsements-expired'), given, given);
  await all.get('late', { at });
  await all.get('fine', { at });
  assert.deepEqual(lines, ['error: amd-endorsements is failing']);
  turnTo(1);
  await all.get('fine', { at: later(1) });
  assert.deepEqual(lines, ['error: amd-endorsements is failing', 'info: amd-endorsements is back']);
});

test('of many platforms a bounded number is remembered', async () => {
  const { observed, source, answers, lines } = scene();
  const all = observed.ofAnswers(source);
  for (let platforms = 0; platforms < 1000; platforms++) {
    answers.push(refused('endorsements-expired'));
    await all.get(String(platforms), { at });
  }
  for (let platforms = 900; platforms < 1000; platforms++) await all.get(String(platforms), { at });
  assert.deepEqual(lines, ['error: amd-endorsements is failing', 'info: amd-endorsements is back']);
});

test('/readyz tells that the certification service fails, and that it is back', async () => {
  const fault: PcsFault = { kind: 'status', status: 403 };
  const pcs = await servePcs({ collateral, faults: [fault] });
  let now = Date.now();
  const service = await serve(
    {
      provider: { trustAnchors: [platform.rootFingerprint] },
      endorsements: { intel: { url: pcs.url, caFile: endorsementCaFile } },
      health: { detailsFor: ['127.0.0.0/8', '::1'] },
    },
    { clock: () => new Date(now) },
  );
  const statusOf = async (): Promise<unknown> => {
    const { body } = await service.call('/readyz', {});
    return Object(Object(Object(body).dependencies)['intel-endorsements']).status;
  };
  assert.equal((await service.attest('SgxEnclave', { quote: quoteOf() })).status, 503);
  assert.equal(await statusOf(), 'failing');
  pcs.setFaults([]);
  now += 16_000;
  assert.equal((await service.attest('SgxEnclave', { quote: quoteOf() })).status, 200);
  assert.equal(await statusOf(), 'ok');
});
