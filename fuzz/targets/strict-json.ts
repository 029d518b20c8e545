/** The strict reader of JSON: what it reads is what the engine reads, numbers aside, and what is no JSON to one is none to the other. */
import { readJson } from '@atesto/core';
import type { FuzzTarget } from '../engine/target.ts';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

export const target: FuzzTarget = {
  seeds: [
    '{"a":[1,2.5,-0,1e3,9007199254740993],"b":{"c":"\\u0061\\n\\"","d":null},"e":true,"f":false}',
    '{"keys":[{"kty":"RSA","n":"AQAB","key_ops":["sign"]}],"n":0.1,"m":123456789012345678901234567890}',
    '[[[[[[{}]]]]]]',
  ].map((text) => Buffer.from(text)),
  dictionary: ['9007199254740993', '1e400', '-0.0', '"__proto__":', '\\u0000', '\ufeff'].map((word) =>
    Buffer.from(word),
  ),
  run: (input) => {
    const text = Buffer.from(input).toString();
    const reading = readJson(text);
    if (reading.ok !== isJson(text) && (reading.ok || reading.fault.kind === 'syntax')) {
      throw new Error('the strict reader and the engine differ in what is JSON');
    }
    if (!reading.ok) return { code: reading.fault.kind };
    const rounded = JSON.stringify(reading.value, (_name, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    );
    if (rounded !== JSON.stringify(JSON.parse(text))) throw new Error('the strict reader reads another value');
    return { code: 'accepted' };
  },
};
