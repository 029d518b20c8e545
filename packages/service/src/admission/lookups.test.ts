/** Endorsement lookups that strangers can cause are counted before they are made. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCachedSource } from '@atesto/endorsements';
import { seenAudit } from '@atesto/store/testing';
import { bearer, identity } from '../__fixtures__/callers.ts';
import { quoteOf, refusalOf, serveEnclaves } from '../__fixtures__/enclave.ts';

/** An outside service that knows no platform, behind a cache that asks it each time. */
function unknowing() {
  const outside = { asked: 0 };
  const refusal = {
    code: 'endorsements-not-found',
    where: 'https://pcs.example',
    why: 'it has nothing for the platform',
  } as const;
  const source = {
    get: async () => {
      outside.asked += 1;
      return { ok: false, refusal } as const;
    },
  };
  return { outside, source: createCachedSource(source, { retryAfterSeconds: 0 }) };
}

const notFound = [400, 'InvalidParameter', 'endorsements-not-found'];
const tooMany = [429, 'TooManyRequests', 'too-many-requests'];
const overloaded = [503, 'ServiceUnavailable', 'service-overloaded'];

/** Answers to calls of strangers and of a caller, one after the other, and how often the outside service was asked. */
async function answersUnder(admission: NonNullable<Parameters<typeof serveEnclaves>[0]>['admission'], who: string) {
  const { outside, source } = unknowing();
  const audit = seenAudit();
  const options = { intelEndorsements: source, audit, monotonicMs: () => 0 };
  const service = await serveEnclaves({ identity, admission }, options);
  const alice = await bearer('alice');
  const answers: unknown[] = [];
  for (const one of who) {
    const headers = one === 'c' ? alice : {};
    answers.push(refusalOf(await service.attest('SgxEnclave', { quote: quoteOf() }, { headers })));
  }
  return { answers, asked: outside.asked, entries: audit.entries.length };
}

test('an address that used up its lookups is refused before another is made; callers have lookups of their own', async () => {
  const { answers, asked, entries } = await answersUnder({ address: { lookupBurst: 2 } }, 'sssc');
  assert.deepEqual(answers, [notFound, notFound, tooMany, notFound]);
  assert.deepEqual([asked, entries], [3, 3]);
});

test('a quarter of the lookups of a provider and of an instance is reserved for callers', async () => {
  const provider = await answersUnder({ provider: { lookupBurst: 4 } }, 'sssscc');
  assert.deepEqual(provider.answers, [notFound, notFound, notFound, tooMany, notFound, tooMany]);
  assert.equal(provider.asked, 4);
  const total = await answersUnder({ total: { lookupBurst: 4 } }, 'sssscc');
  assert.deepEqual(total.answers, [notFound, notFound, notFound, overloaded, notFound, overloaded]);
  assert.equal(total.asked, 4);
});
