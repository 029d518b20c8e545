/** Changes elements within DER and writes the lengths around them anew, so that it is not the lengths that are wrong. */

import { mutateBytes } from './mutate-bytes.ts';
import type { MutationMaterial } from './mutation-material.ts';
import type { Random } from './random.ts';

interface Element {
  readonly tag: number;
  /** Elements of a constructed one; undefined: `contents` stands for itself. */
  readonly members: readonly Element[] | undefined;
  readonly contents: Uint8Array;
}

const constructed = 0x20;
const sequence = 0x30;
const deepest = 16;

/** Head and end of an element of definite length; undefined when there is none. */
function headAt(bytes: Uint8Array, at: number): { start: number; end: number } | undefined {
  const first = bytes[at + 1];
  if (first === undefined) return undefined;
  if (first < 0x80) return { start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  if (size === 0 || size > 3) return undefined;
  const length = [...bytes.subarray(at + 2, at + 2 + size)].reduce((sum, byte) => sum * 256 + byte, 0);
  return { start: at + 2 + size, end: at + 2 + size + length };
}

/** The elements that fill the bytes; undefined when they do not. */
function elementsIn(bytes: Uint8Array, depth = 0): Element[] | undefined {
  const elements: Element[] = [];
  let at = 0;
  while (at < bytes.length) {
    const head = headAt(bytes, at);
    if (head === undefined || head.end > bytes.length || depth > deepest) return undefined;
    const tag = bytes[at] ?? 0;
    const contents = bytes.subarray(head.start, head.end);
    const members = (tag & constructed) === 0 ? undefined : elementsIn(contents, depth + 1);
    elements.push({ tag, members, contents });
    at = head.end;
  }
  return elements;
}

function written({ tag, members, contents }: Element): Buffer {
  const body = members === undefined ? contents : Buffer.concat(members.map(written));
  const digits: number[] = [];
  for (let rest = body.length; rest > 0; rest = Math.floor(rest / 256)) digits.unshift(rest % 256);
  const length = body.length < 0x80 ? [body.length] : [0x80 | digits.length, ...digits];
  return Buffer.concat([Buffer.of(tag, ...length), body]);
}

const countOf = (elements: readonly Element[]): number =>
  elements.reduce((sum, { members }) => sum + 1 + countOf(members ?? []), 0);

/** What stands instead of an element: itself changed, nothing, two of it, or one of its own. */
function changesOf(element: Element, material: MutationMaterial): readonly Element[] {
  const { random } = material;
  const { tag, members, contents } = element;
  const leaf: Element = { tag, members: undefined, contents: mutateBytes(contents, material) };
  const kinds: readonly (readonly Element[])[] = [
    [members === undefined ? leaf : { ...element, members: shuffled(members, random) }],
    [leaf],
    [leaf],
    [leaf],
    [],
    [element, element],
    [{ ...element, tag: random.pick([tag ^ constructed, tag + 1, 0x02, 0x04, 0x05, 0x0c, 0x30, 0xa0]) ?? tag }],
    members ?? [leaf],
  ];
  return random.pick(kinds) ?? [element];
}

function shuffled(members: readonly Element[], random: Random): Element[] {
  const from = random.below(members.length);
  const moved = members[from];
  return moved === undefined ? [] : members.toSpliced(from, 1).toSpliced(random.below(members.length), 0, moved);
}

/** The element of a number replaced. */
function replaced(
  elements: readonly Element[],
  index: number,
  change: (one: Element) => readonly Element[],
): Element[] {
  let left = index;
  return elements.flatMap((element) => {
    const inside = countOf(element.members ?? []);
    const at = left;
    left -= inside + 1;
    if (at === 0) return [...change(element)];
    if (at < 0 || at > inside) return [element];
    return [{ ...element, members: replaced(element.members ?? [], at - 1, change) }];
  });
}

/** One element changed; undefined when the bytes are no sequence in DER. */
export function mutateDer(input: Uint8Array, material: MutationMaterial): Uint8Array | undefined {
  if (input[0] !== sequence) return undefined;
  const elements = elementsIn(input);
  if (elements === undefined) return undefined;
  const index = material.random.below(countOf(elements));
  return Buffer.concat(replaced(elements, index, (one) => changesOf(one, material)).map(written));
}
