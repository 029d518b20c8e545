/** Changes bytes without knowing what they are: bits, lengths, pieces. */
import type { MutationMaterial } from './mutation-material.ts';
import type { Random } from './random.ts';

type Change = (input: Buffer, material: MutationMaterial) => Uint8Array;

/** A place to cut at and a length of mostly few bytes. */
function pieceOf(input: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(input.length + 1);
  const longest = random.below(8) === 0 ? input.length : 64;
  return [start, Math.min(input.length, start + 1 + random.below(longest))];
}

function overwrite(input: Buffer, offset: number, bytes: Uint8Array): Buffer {
  const changed = Buffer.from(input);
  changed.set(bytes.subarray(0, Math.max(0, changed.length - offset)), offset);
  return changed;
}

const insert = (input: Buffer, offset: number, bytes: Uint8Array): Buffer =>
  Buffer.concat([input.subarray(0, offset), bytes, input.subarray(offset)]);

function numberBytes(value: number, size: number, isLittle: boolean): Buffer {
  const bytes = Buffer.alloc(size);
  const kept = size === 1 ? value & 0xff : size === 2 ? value & 0xffff : value >>> 0;
  if (isLittle) bytes.writeUIntLE(kept, 0, size);
  else bytes.writeUIntBE(kept, 0, size);
  return bytes;
}

/** Fields that tell a length or a count get limits, neighbors of their own value, and the length of the input. */
const attackLength: Change = (input, { random }) => {
  const size = random.pick([1, 2, 4]) ?? 1;
  if (input.length < size) return input;
  const offset = random.below(input.length - size + 1);
  const isLittle = random.below(2) === 0;
  const now = isLittle ? input.readUIntLE(offset, size) : input.readUIntBE(offset, size);
  const value = random.pick([
    0,
    1,
    0x7f,
    0x80,
    0xff,
    0x7fff,
    0xffff,
    0x7fffffff,
    0xffffffff,
    now + 1,
    now - 1,
    now * 2,
    input.length,
    input.length - offset,
  ]);
  return overwrite(input, offset, numberBytes(value ?? 0, size, isLittle));
};

const changes: readonly Change[] = [
  (input, { random }) => {
    const at = random.below(input.length);
    return overwrite(input, at, Buffer.of((input[at] ?? 0) ^ (1 << random.below(8))));
  },
  (input, { random }) => overwrite(input, random.below(input.length), Buffer.of(random.below(256))),
  attackLength,
  attackLength,
  (input, { random }) => input.subarray(0, random.below(input.length + 1)),
  (input, { random }) => {
    const [start, end] = pieceOf(input, random);
    return Buffer.concat([input.subarray(0, start), input.subarray(end)]);
  },
  (input, { random }) => {
    const [start, end] = pieceOf(input, random);
    return insert(input, random.below(input.length + 1), input.subarray(start, end));
  },
  (input, { random }) => {
    const [start, end] = pieceOf(input, random);
    return overwrite(input, random.below(input.length + 1), input.subarray(start, end));
  },
  (input, { random }) => {
    const [start, end] = pieceOf(input, random);
    return overwrite(input, start, Buffer.alloc(end - start, random.pick([0x00, 0xff, 0x20, 0x80])));
  },
  (input, { random }) =>
    insert(
      input,
      random.pick([input.length, random.below(input.length + 1)]) ?? 0,
      Buffer.alloc(1 + random.below(64), random.below(256)),
    ),
  (input, { random, dictionary }) =>
    insert(input, random.below(input.length + 1), random.pick(dictionary) ?? Buffer.of(0)),
  (input, { random, dictionary }) =>
    overwrite(input, random.below(input.length + 1), random.pick(dictionary) ?? Buffer.of(0)),
  // The head of one and the tail of another; sometimes at the same place, so that fields stay where they are.
  (input, { random, others }) => {
    const other = random.pick(others) ?? input;
    const from = random.below(input.length + 1);
    return Buffer.concat([
      input.subarray(0, from),
      other.subarray(random.pick([from, random.below(other.length + 1)]) ?? from),
    ]);
  },
  (input, { random, others }) => {
    const other = random.pick(others) ?? input;
    const [start, end] = pieceOf(other, random);
    return overwrite(input, Math.min(start, input.length), other.subarray(start, end));
  },
];

/** One change. */
export function mutateBytes(input: Uint8Array, material: MutationMaterial): Uint8Array {
  const change = material.random.pick(changes);
  return change === undefined ? input : change(Buffer.from(input), material);
}
