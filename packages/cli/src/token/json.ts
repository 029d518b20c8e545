/** Writes claims as JSON. Integers beyond 2^53-1 stay exact. */
import type { ClaimValue } from '@atesto/relying-party';

declare global {
  /** "JSON.parse source text access" (ECMAScript 2026), which Node 24 has and the type library not yet. */
  interface JSON {
    rawJSON(text: string): unknown;
  }
}

/** JSON text. @param indent spaces per level; 0: one line */
export function jsonText(value: ClaimValue, indent = 0): string {
  const exact = (_name: string, member: unknown): unknown =>
    typeof member === 'bigint' ? JSON.rawJSON(member.toString()) : member;
  return JSON.stringify(value, exact, indent);
}
