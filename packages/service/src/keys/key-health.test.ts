import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SigningKeyHealth } from './key-health.ts';

test('warns while the keys of any provider cannot be rotated, names five and counts the rest', () => {
  const reports: unknown[] = [];
  const health = new SigningKeyHealth({
    report: (...report: unknown[]) => {
      reports.push(report);
    },
  });
  const sentence = (at: number) => `the signing keys of https://p${at} cannot be rotated: the HSM is gone`;
  for (let at = 1; at <= 6; at += 1) health.report(`https://p${at}`, 'the HSM is gone');
  assert.deepEqual(reports.at(0), ['warning', sentence(1)]);
  assert.deepEqual(reports.at(-1), ['warning', `${[1, 2, 3, 4, 5].map(sentence).join('. ')}. and 1 more`]);
  for (let at = 1; at <= 6; at += 1) health.report(`https://p${at}`);
  assert.deepEqual(reports.at(-1), ['ok']);
});
