/** Parses the extensions of certificates and revocation lists. Source: RFC 5280, section 4.2. */
import { refuse } from '../outcome.ts';
import { DerReader, tags } from './der.ts';

/** Object identifiers of the supported extensions. */
export const extensionOids = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  nameConstraints: '2.5.29.30',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extendedKeyUsage: '2.5.29.37',
} as const;

/** One extension: `value` is the contents of its OCTET STRING. */
export interface Extension {
  readonly critical: boolean;
  readonly value: Uint8Array;
}
/** Extensions by object identifier, in dotted form. */
export type Extensions = ReadonlyMap<string, Extension>;

/** Reads `Extensions`; refuses an extension that occurs twice. */
export function parseExtensions(reader: DerReader, name: string): Extensions {
  const list = reader.enter(tags.sequence);
  const extensions = new Map<string, Extension>();
  while (!list.done) {
    const entry = list.enter(tags.sequence);
    const oid = entry.oid();
    const critical = entry.peek() === tags.boolean ? entry.boolean() : false;
    const { contents } = entry.expect(tags.octetString);
    entry.end();
    if (extensions.has(oid)) refuse('certificate-malformed', name, `extension ${oid} occurs twice`);
    extensions.set(oid, { critical, value: contents });
  }
  return extensions;
}

/** Refuses a critical extension that is not in the list. */
export function checkCriticalExtensions(extensions: Extensions, understood: readonly string[], name: string): void {
  for (const [oid, { critical }] of extensions) {
    if (critical && !understood.includes(oid)) {
      refuse('certificate-extension-unknown', name, `critical extension ${oid} is not understood`);
    }
  }
}

/** Constraints on what an authority may issue, which are not evaluated here: refused even when not critical. */
const constraints: readonly string[] = [extensionOids.nameConstraints, extensionOids.policyConstraints];

/** Refuses critical extensions that are not in the list, and constraints of any kind. */
export function checkChainExtensions(extensions: Extensions, understood: readonly string[], name: string): void {
  checkCriticalExtensions(extensions, understood, name);
  for (const oid of constraints) {
    if (extensions.has(oid)) refuse('certificate-extension-unknown', name, `constraint ${oid} is not understood`);
  }
}

/** BasicConstraints; absent: not a CA. */
export function basicConstraints(
  extensions: Extensions,
  name: string,
): { ca: boolean; pathLength: number | undefined } {
  const extension = extensions.get(extensionOids.basicConstraints);
  if (extension === undefined) return { ca: false, pathLength: undefined };
  const outer = new DerReader(extension.value, name);
  const fields = outer.enter(tags.sequence);
  outer.end();
  const ca = fields.peek() === tags.boolean ? fields.boolean() : false;
  const pathLength = fields.peek() === tags.integer ? fields.smallInteger() : undefined;
  fields.end();
  return { ca, pathLength };
}

/** The checked key usages, with their bit (bit 0 is the most significant of the first octet). */
const keyUsageBits = { digitalSignature: 0, keyCertSign: 5, cRLSign: 6 } as const;
/** A bit of the extension `keyUsage` (RFC 5280, section 4.2.1.3). */
export type KeyUsage = keyof typeof keyUsageBits;

/** Whether the key has this usage. A certificate without the extension allows every use (RFC 5280, 4.2.1.3). */
export function allowsUsage(extensions: Extensions, usage: KeyUsage, name: string): boolean {
  const extension = extensions.get(extensionOids.keyUsage);
  if (extension === undefined) return true;
  const outer = new DerReader(extension.value, name);
  const [unused = 8, ...octets] = outer.expect(tags.bitString).contents;
  outer.end();
  if (unused > 7) refuse('certificate-malformed', name, 'the key usage is malformed');
  const bit = keyUsageBits[usage];
  return (((octets[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) === 1;
}

/** The purposes of ExtendedKeyUsage, dotted; empty when absent. */
export function extendedKeyUsages(extensions: Extensions, name: string): string[] {
  const extension = extensions.get(extensionOids.extendedKeyUsage);
  if (extension === undefined) return [];
  const outer = new DerReader(extension.value, name);
  const list = outer.enter(tags.sequence);
  outer.end();
  const purposes: string[] = [];
  while (!list.done) purposes.push(list.oid());
  if (purposes.length === 0) refuse('certificate-malformed', name, 'the extended key usage is empty');
  return purposes;
}
