import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type AuditEntry, contentOf, entryOf } from './entry.ts';

const text = fc.option(
  fc.string({ unit: 'grapheme', maxLength: 100 }).filter((value) => !value.includes('\0')),
  {
    nil: undefined,
  },
);

const entries = fc.record<AuditEntry>({
  atMs: fc.nat({ max: 2 ** 48 - 1 }),
  operation: fc.constantFrom('attest', 'set-policy'),
  requestId: fc.uuid(),
  verdict: fc.constantFrom('allowed', 'refused', 'failed'),
  provider: text,
  attestationType: text,
  caller: text,
  address: text,
  code: text,
  refusedAt: text,
  evidenceDigest: text,
  policyDigest: text,
  policyVersion: fc.option(fc.nat(), { nil: undefined }),
  tokenId: text,
  detail: text,
});

describe('audit entries', () => {
  test('are read back from their row unchanged', () => {
    fc.assert(
      fc.property(entries, (entry) => {
        const present = Object.fromEntries(Object.entries(entry).filter(([, value]) => value !== undefined));
        assert.deepEqual(entryOf({ id: 'x', ...contentOf(entry) }), { id: 'x', ...present });
      }),
    );
  });

  test('have characters that a database cannot store replaced, and long strings cut', () => {
    const entry: AuditEntry = {
      atMs: 12.9,
      operation: 'attest',
      requestId: 'a\0b\ud800c',
      verdict: 'refused',
      caller: 'x'.repeat(2000),
      detail: 'y'.repeat(9000),
    };
    const row = contentOf(entry);
    assert.equal(row.at_ms, 12);
    assert.equal(row.request_id, 'a\ufffdb\ufffdc');
    assert.equal(row.caller, `${'x'.repeat(1023)}…`);
    assert.equal(row.detail?.length, 8192);
  });
});
