/** Reads revocation lists for inspection. Nothing is verified here. */
import { settle } from '@atesto/core';
import type { Outcome } from '../outcome.ts';
import { DerReader, tags } from './der.ts';
import { parseRevocationList, type RevocationList } from './revocation.ts';

/** Parses a list in DER. */
export function readRevocationList(der: Uint8Array): Outcome<RevocationList> {
  return settle(() => parseRevocationList(der, 'revocation list'));
}

/** Attributes of names, RFC 4514, section 3. */
const attributeNames: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** The issuer of a list in one line: `CN=ARK-Milan, O=…`. */
export function revocationListIssuer({ issuer }: RevocationList): string {
  const text = settle(() => {
    const parts: string[] = [];
    const name = new DerReader(issuer, 'issuer').enter(tags.sequence);
    while (!name.done) {
      const set = name.enter(tags.set);
      while (!set.done) {
        const attribute = set.enter(tags.sequence);
        const oid = attribute.oid();
        parts.push(`${attributeNames[oid] ?? oid}=${Buffer.from(attribute.next().contents).toString('utf8')}`);
      }
    }
    return parts.join(', ');
  });
  return text.ok ? text.value : '';
}
