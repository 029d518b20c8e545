import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Health } from './health.ts';

function recording() {
  const lines: unknown[] = [];
  const note = (level: string) => (line: unknown) => void lines.push([level, line]);
  let now = 0;
  const health = new Health({ info: note('info'), warn: note('warn'), error: note('error') }, () => new Date(now));
  const advanceTo = (ms: number): void => {
    now = ms;
  };
  return { lines, health, advanceTo };
}

test('logs one line for each change of a state, at the level of its status', () => {
  const { lines, health } = recording();
  const audit = health.dependency('audit', { isRequired: true });
  audit.report('ok');
  audit.report('failing', 'the disk is full');
  audit.report('failing', 'the disk is full');
  audit.report('warning', 'the disk is nearly full');
  audit.report('ok');
  const line = (status: string, reason?: string) => ({
    event: 'dependency',
    dependency: 'audit',
    status,
    ...(reason === undefined ? {} : { reason }),
  });
  assert.deepEqual(lines, [
    ['error', line('failing', 'the disk is full')],
    ['warn', line('warning', 'the disk is nearly full')],
    ['info', line('ok')],
  ]);
});

test('is not ready while a required dependency fails, and ready while another one does', () => {
  const { health } = recording();
  const store = health.dependency('store', { isRequired: true });
  const amd = health.dependency('amd-endorsements', { isRequired: false });
  amd.report('failing', 'it does not answer');
  assert.equal(health.isReady, true);
  store.report('warning', 'slow');
  assert.equal(health.isReady, true);
  store.report('failing', 'gone');
  assert.equal(health.isReady, false);
  store.report('ok');
  assert.equal(health.isReady, true);
});

test('reports since when a status holds, even if its reason changes meanwhile', () => {
  const { health, advanceTo } = recording();
  const store = health.dependency('store', { isRequired: true });
  advanceTo(5);
  store.report('failing', 'gone');
  advanceTo(9);
  store.report('failing', 'still gone');
  assert.deepEqual(health.states().get('store'), { status: 'failing', reason: 'still gone', since: new Date(5) });
});
