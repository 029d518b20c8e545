import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reportExpiry } from './expiry.ts';

const at = new Date('2026-01-01T00:00:00Z');
const day = 86_400_000;
const ending = (days: number, what = 'the certificate') => ({
  what,
  expires: new Date(at.getTime() + days * day),
  remedy: 'renew it',
});

function reported(...things: ReturnType<typeof ending>[]): unknown[] {
  const reports: unknown[] = [];
  reportExpiry(
    {
      report: (...report: unknown[]) => {
        reports.push(report);
      },
    },
    things,
    at,
  );
  return reports;
}

test('warns 30, 7 and 1 days before something expires, and not earlier', () => {
  assert.deepEqual(reported(ending(30.1)), [['ok']]);
  const warned = (days: number, within: string, on: string) =>
    assert.deepEqual(reported(ending(days)), [
      ['warning', `the certificate expires within ${within}, on ${on}; renew it`],
    ]);
  warned(30, '30 days', '2026-01-31T00:00:00.000Z');
  warned(7.5, '30 days', '2026-01-08T12:00:00.000Z');
  warned(7, '7 days', '2026-01-08T00:00:00.000Z');
  warned(1, '1 day', '2026-01-02T00:00:00.000Z');
  warned(0, '1 day', '2026-01-01T00:00:00.000Z');
});

test('fails when something has expired, names what expires first, and counts the rest', () => {
  const things = [6, 5, 4, 3, 2, -1].map((days) => ending(days, `thing ${days}`));
  const on = (date: string) => `2026-01-0${date}T00:00:00.000Z; renew it`;
  const soon = [2, 3, 4, 5].map((days) => `thing ${days} expires within 7 days, on ${on(String(days + 1))}`);
  const ended = 'thing -1 expired on 2025-12-31T00:00:00.000Z; renew it';
  assert.deepEqual(reported(...things, ending(90)), [['failing', [ended, ...soon, 'and 1 more'].join('. ')]]);
});
