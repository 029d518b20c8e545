/** What looking into a file gives: the kind of thing it is, and its facts as plain JSON. Nothing of it is proven. */
import type { Refusal } from '@atesto/core';
import { printable, type Row } from '../style.ts';

/** A fact as JSON. */
export type Fact = string | number | boolean | null | readonly Fact[] | Facts;

/** Facts by name. */
export interface Facts {
  readonly [name: string]: Fact;
}

/** What was found. */
export type Inspection =
  | { readonly ok: true; readonly kind: string; readonly title: string; readonly facts: Facts }
  | { readonly ok: false; readonly kind: string; readonly title: string; readonly refusal: Refusal };

/** Knows one kind of thing. */
export interface Inspector {
  /** Whether the bytes are of this kind, by what they begin with. */
  readonly recognises: (bytes: Uint8Array) => boolean;
  readonly inspect: (bytes: Uint8Array) => Inspection;
}

/** Bytes as lower-case hex, times as RFC 3339, large integers as text; members that are undefined are left out. */
export function plain(value: unknown): Fact {
  if (value === undefined || value === null) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Map) return plainMembers([...value]);
  if (Array.isArray(value)) return value.map(plain);
  switch (typeof value) {
    case 'string':
    case 'number':
    case 'boolean':
      return value;
    case 'object':
      return plainMembers(Object.entries(value));
    default:
      return String(value);
  }
}

/** The same of members. */
export function plainMembers(members: readonly (readonly [unknown, unknown])[]): Facts {
  const present = members.filter(([, value]) => value !== undefined);
  return Object.fromEntries(present.map(([name, value]) => [String(name), plain(value)]));
}

/** The same of an object. */
export function plainFacts(value: object): Facts {
  return plainMembers(Object.entries(value));
}

/** Facts under each other, nested names joined by dots. */
export function factRows(facts: Facts, path = ''): Row[] {
  return Object.entries(facts).flatMap(([name, fact]) => rowsOf(`${path}${name}`, fact));
}

function rowsOf(name: string, fact: Fact): Row[] {
  if (fact === null) return [];
  if (typeof fact !== 'object') return [[printable(name), printable(String(fact))]];
  if (!isList(fact)) return factRows(fact, `${name}.`);
  if (fact.every((member) => typeof member !== 'object')) return [[printable(name), printable(fact.join(', '))]];
  return fact.flatMap((member, index) => rowsOf(`${name}.${index + 1}`, member));
}

function isList(fact: Fact): fact is readonly Fact[] {
  return Array.isArray(fact);
}
