import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Health } from '../health/health.ts';
import { SharedReporters, StagedHealth } from './staged-health.ts';

test('only parts in force report their health: a refused reload and replaced parts change nothing', () => {
  const none = (): void => {};
  const health = new Health({ info: none, warn: none, error: none }, () => new Date(0));
  const shared = new SharedReporters(health);
  const [before, refused, after] = [new StagedHealth(shared), new StagedHealth(shared), new StagedHealth(shared)];
  const reporterOf = (stage: StagedHealth) => stage.dependency('intel-endorsements', { isRequired: false });
  const state = (): string | undefined => health.states().get('intel-endorsements')?.reason;
  const old = reporterOf(before);
  before.putInForce();
  old.report('failing', 'old');
  reporterOf(refused).report('failing', 'refused');
  assert.equal(state(), 'old');
  const renewed = reporterOf(after);
  before.withdraw();
  after.putInForce();
  assert.equal(state(), undefined);
  old.report('failing', 'old');
  assert.equal(state(), undefined);
  renewed.report('warning', 'new');
  assert.equal(state(), 'new');
});
