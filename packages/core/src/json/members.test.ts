import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonMembers, settle } from '../index.ts';

const parse = (text: string): JsonMembers => JsonMembers.parse(Buffer.from(text), 'body', 'collateral-malformed');
const codeOf = (work: () => unknown): string => {
  const outcome = settle(work);
  return outcome.ok ? 'accepted' : outcome.refusal.code;
};
const malformed = (work: () => unknown, name?: string): void =>
  assert.equal(codeOf(work), 'collateral-malformed', name);

const name = fc.string().filter((text) => text !== '__proto__');

describe('JsonMembers', () => {
  test('refuses text that is not one JSON object in UTF-8', () => {
    for (const text of ['', '{', '[]', 'null', '1', '"x"', '{} {}', '{a:1}', '\uFEFF{}'])
      malformed(() => parse(text), text);
    malformed(
      () => JsonMembers.parse(Buffer.from('7b2261223a22ff227d', 'hex'), 'body', 'collateral-malformed'),
      'bad UTF-8',
    );
  });

  test('refuses a member that occurs twice, at any depth and however it is written', () => {
    for (const text of [
      '{"a":1,"a":2}',
      '{"a":{"b":[{"c":1, "c" :1}]}}',
      '{"a":1,"\\u0061":2}',
      '{"__proto__":1,"__proto__":2}',
    ]) {
      malformed(() => parse(text), text);
    }
  });

  test('accepts every valid object whose names differ', () => {
    fc.assert(
      fc.property(
        fc.object({ key: name, values: [fc.string(), fc.integer(), fc.constant(null)] }),
        fc.constantFrom(undefined, 2),
        (value, indent) => {
          assert.equal(
            codeOf(() => parse(JSON.stringify(value, null, indent))),
            'accepted',
          );
        },
      ),
    );
  });

  test('refuses members of another type, range or form', () => {
    const body = parse(
      '{"s":"x","n":1.5,"big":70000,"neg":-1,"hex":"0g","short":"00","time":"2025-01-01 00:00:00","noTime":"2025-13-01T00:00:00Z","list":[1],"object":{},"null":null}',
    );
    malformed(() => body.string('n'));
    malformed(() => body.string('missing'));
    malformed(() => body.integer('n', 10));
    malformed(() => body.integer('big', 65535));
    malformed(() => body.integer('neg', 10));
    malformed(() => body.integer('s', 10));
    malformed(() => body.hex('hex', 1));
    malformed(() => body.hex('short', 2));
    malformed(() => body.time('time'));
    malformed(() => body.time('noTime'));
    malformed(() => body.object('list'));
    malformed(() => body.object('null'));
    malformed(() => body.objects('list', 10));
    malformed(() => body.objects('object', 10));
    malformed(() => body.objects('list', 0));
    malformed(() => body.strings('list', 10));
    malformed(() => body.string('toString'));
  });

  test('reads hex of both cases as lower case', () => {
    assert.equal(parse('{"f":"00A06D080000"}').hex('f', 6), '00a06d080000');
  });
});
