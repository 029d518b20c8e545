import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { refusalOfError } from '../http/refusal-of.ts';
import { textOf } from '../http/text-body.ts';
import { parseChain } from './certificates.ts';
import { isJws, parseJws, payloadObject } from './jws.ts';
import { requestedCertificate } from './request.ts';
import { signerChain } from './signature.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return refusalOfError(error)?.refusal.code ?? assert.fail(String(error));
  }
  return 'accepted';
}

test('reads the parts of a JWS, with and without payload and signature', () => {
  const jws = `${encode({ alg: 'ES256', kid: 'a' })}.${encode({ b: 1 })}.AQID`;
  const { compact, algorithm, header, signingInput, signature } = parseJws(jws, 'body');
  assert.deepEqual([compact, algorithm, header.kid], [jws, 'ES256', 'a']);
  assert.equal(signingInput, jws.slice(0, jws.lastIndexOf('.')));
  assert.deepEqual([...signature], [1, 2, 3]);
  assert.deepEqual(payloadObject(parseJws(jws, 'body'), 'body'), { b: 1 });
  assert.equal(parseJws(`${encode({ alg: 'none' })}..`, 'body').payload.length, 0);
});

test('refuses what is no compact JWS, with padding, spaces, more or fewer parts', () => {
  const header = encode({ alg: 'none' });
  for (const text of [
    '',
    '..',
    '.a.b',
    header,
    `${header}.`,
    `${header}...`,
    `${header}..=`,
    `${header}. .`,
    ` ${header}..`,
  ]) {
    assert.equal(isJws(text), false, text);
    assert.equal(
      codeOf(() => parseJws(text, 'body')),
      'jws-malformed',
      text,
    );
  }
});

test('refuses a header with crit, and none with a signature', () => {
  assert.equal(
    codeOf(() => parseJws(`${encode({ alg: 'ES256', crit: [] })}..AQID`, 'body')),
    'jws-malformed',
  );
  assert.equal(
    codeOf(() => parseJws(`${encode({ alg: 'none' })}..AQID`, 'body')),
    'jws-malformed',
  );
  for (const header of [{ crit: ['b64'], b64: true }, { crit: null }, { b64: false }, { b64: 0 }]) {
    assert.equal(
      codeOf(() => parseJws(`${encode({ alg: 'ES256', ...header })}..AQID`, 'body')),
      'jws-malformed',
      JSON.stringify(header),
    );
  }
  assert.equal(
    codeOf(() => parseJws(`${encode({})}..AQID`, 'body')),
    'jws-algorithm-refused',
  );
});

const json = fc.jsonValue({ maxDepth: 4 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

test('property: no header, payload or body makes the parsers fail otherwise than by a refusal', () => {
  const place = { uri: 'https://attest.example', at: new Date() };
  fc.assert(
    fc.property(
      json,
      json,
      fc.string({ unit: fc.constantFrom(...'AQgw-_9'), maxLength: 20 }),
      (header, payload, rest) => {
        const jws = `${encode(header)}.${encode(payload)}.${rest}`;
        codeOf(() => signerChain(parseJws(jws, 'body'), 'body'));
        codeOf(() => requestedCertificate(jws, undefined, place));
      },
    ),
  );
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (body) => {
      codeOf(() => textOf(body));
      codeOf(() => parseChain([Buffer.from(body).toString('base64')], 'body'));
    }),
  );
});

test('property: a body says the same bare and quoted', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1 }), (text) => {
      fc.pre(text.trim() !== '' && !text.trim().startsWith('"'));
      assert.equal(textOf(Buffer.from(text)), text);
      assert.equal(textOf(Buffer.from(` ${JSON.stringify(text)}\n`)), text);
    }),
  );
});
