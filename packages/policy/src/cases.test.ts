/** Executable cases of the policy language: policies from documents, samples and repositories, each with its expected result. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { vectorPath, vectorsMissing } from '@atesto/vectors';
import { type Claim, type EvaluationReport, evaluationReport, parseClaims, reportJson } from './index.ts';

interface Case {
  readonly name: string;
  readonly policy: string;
  readonly incomingClaims: unknown;
  readonly expect: {
    readonly parse: 'ok' | 'error';
    readonly errorLine?: number;
    readonly warnings?: boolean;
    readonly evaluation?: 'error';
    readonly authorized?: boolean;
    readonly outgoing?: Readonly<Record<string, unknown>>;
    readonly properties?: Readonly<Record<string, unknown>>;
    readonly configuration?: Readonly<Record<string, unknown>>;
  };
}

/** Integers beyond what JavaScript's numbers hold must not be rounded by the test itself. */
const exact = (_name: string, value: unknown, context?: { readonly source?: string }): unknown =>
  typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)
    ? BigInt(context?.source ?? value)
    : value;

function claimsOf(incoming: unknown): Claim[] {
  const claims = parseClaims(reportJson(incoming));
  assert.ok(claims.ok, 'the claims of the case can be read');
  return claims.value;
}

/** Arrays hold the same members in any order. */
function canonical(value: unknown): string {
  const plain: unknown = JSON.parse(reportJson(value ?? {}), exact);
  return reportJson(sorted(plain));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => reportJson(item)).sort();
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).map(([name, member]) => [name, sorted(member)] as const);
  return Object.fromEntries(members.sort(([a], [b]) => (a < b ? -1 : 1)));
}

function check({ expect }: Case, report: EvaluationReport): void {
  assert.equal(report.parse, expect.parse);
  if (expect.errorLine !== undefined) assert.equal(report.errors[0]?.line, expect.errorLine);
  if (expect.parse === 'error') return;
  assert.equal(report.warnings.length > 0, expect.warnings === true, 'whether there are warnings');
  assert.equal(report.evaluation, expect.evaluation ?? 'ok');
  if (expect.authorized !== undefined) assert.equal(report.authorized, expect.authorized);
  for (const part of ['outgoing', 'properties', 'configuration'] as const) {
    if (expect[part] !== undefined) assert.equal(canonical(report[part]), canonical(expect[part]));
  }
}

const missing = vectorsMissing('policy');
const cases: readonly Case[] =
  missing === false ? JSON.parse(readFileSync(vectorPath('policy', 'cases.json'), 'utf8'), exact) : [];

describe('the cases of the policy language', { skip: missing }, () => {
  for (const each of cases) {
    test(each.name, () => check(each, evaluationReport(each.policy, claimsOf(each.incomingClaims))));
  }
});
