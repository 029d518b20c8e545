/** Changes values within JSON, and what stands in its texts as base64 or hex. */

import { mutateBytes } from './mutate-bytes.ts';
import { mutatePem } from './mutate-pem.ts';
import type { MutationMaterial } from './mutation-material.ts';

type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

const firstCharacters: readonly (number | undefined)[] = [0x7b, 0x5b];
/** JSON texts that stand for a value: some that `JSON.stringify` does not write. */
const strange = [
  'null',
  'true',
  '0',
  '-1',
  '1e400',
  '-0.0',
  '9007199254740993',
  '""',
  '[]',
  '{}',
  '"\\u0000"',
  '"\\ud800"',
  '[[[[[[[[[[]]]]]]]]]]',
];
const nested = '['.repeat(5000) + ']'.repeat(5000);
const placeholder = '\u0001strange\u0001';

/** One value changed; undefined when the bytes are no JSON object or list. */
export function mutateJson(input: Uint8Array, material: MutationMaterial): Uint8Array | undefined {
  if (!firstCharacters.includes(input[0])) return undefined;
  const parsed = parse(Buffer.from(input).toString('utf8'));
  if (parsed === undefined) return undefined;
  const changer = new Changer(material, material.random.below(countOf(parsed)));
  const text = JSON.stringify(changer.changed(parsed));
  return Buffer.from(text.replace(JSON.stringify(placeholder), changer.instead));
}

/** What is nested deeper is left to the mutator of bytes, so that nothing here needs a deep stack. */
const deepest = 100;

function isDeep(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === '[' || character === '{') depth += 1;
    else if (character === ']' || character === '}') depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}

function parse(text: string): Json | undefined {
  if (isDeep(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function membersOf(value: Json): Json[] {
  if (value === null || typeof value !== 'object') return [];
  return isList(value) ? [...value] : Object.values(value);
}

function countOf(value: Json): number {
  return membersOf(value).reduce<number>((sum, member) => sum + countOf(member), 1);
}

/** Walks to the value of a number and changes it. */
class Changer {
  readonly #material: MutationMaterial;
  /** Values still to be passed. */
  #left: number;
  /** What the placeholder becomes. */
  instead = 'null';

  constructor(material: MutationMaterial, index: number) {
    this.#material = material;
    this.#left = index;
  }

  changed(value: Json): Json {
    if (this.#left === 0) {
      this.#left = -1;
      return this.#change(value);
    }
    this.#left -= 1;
    if (value === null || typeof value !== 'object') return value;
    if (isList(value)) return value.map((member) => this.changed(member));
    return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, this.changed(member)]));
  }

  #change(value: Json): Json {
    const { random } = this.#material;
    if (typeof value === 'string' && random.below(8) > 0) return this.#changeText(value);
    if (isList(value) && random.below(2) === 0)
      return random.pick([[...value, ...value], value.slice(1), value.toReversed()]) ?? value;
    if (value !== null && typeof value === 'object' && !isList(value) && random.below(2) === 0)
      return this.#changeObject(value);
    this.instead = random.below(64) === 0 ? nested : (random.pick(strange) ?? 'null');
    return placeholder;
  }

  #changeObject(value: { readonly [name: string]: Json }): Json {
    const { random } = this.#material;
    const entries = Object.entries(value);
    const at = random.below(entries.length);
    const other = random.pick(entries)?.[1] ?? null;
    const one = entries[at]?.[0] ?? '';
    return (
      random.pick([
        Object.fromEntries(entries.toSpliced(at, 1)),
        { ...value, [one]: other },
        { ...value, [one.toUpperCase()]: other },
        { ...value, toString: other },
      ]) ?? value
    );
  }

  #changeText(text: string): string {
    const { random } = this.#material;
    const material = this.#material;
    const form = random.below(8) === 0 ? undefined : formOf(text);
    if (form !== undefined) {
      const bytes = Buffer.from(text, form);
      const inner = mutateJson(bytes, material) ?? (random.below(2) === 0 ? mutatePem(bytes, material) : undefined);
      return Buffer.from(inner ?? mutateBytes(bytes, material)).toString(form);
    }
    const bytes = Buffer.from(text);
    const inner = mutateJson(bytes, material) ?? mutatePem(bytes, material) ?? mutateBytes(bytes, material);
    return Buffer.from(inner).toString('utf8');
  }
}

const shortest = 8;

/** How the text stands for bytes, by its letters. */
function formOf(text: string): 'hex' | 'base64' | 'base64url' | undefined {
  if (text.length < shortest) return undefined;
  if (/^(?:[0-9a-fA-F]{2})+$/.test(text)) return 'hex';
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(text)) return 'base64';
  return /^[A-Za-z0-9_-]+$/.test(text) ? 'base64url' : undefined;
}
