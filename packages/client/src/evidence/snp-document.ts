/**
 * The evidence of an SEV-SNP machine as Azure Attestation takes it: a JSON document of report, certificates and endorsements.
 * Source: Azure Attestation REST contract, "Attest Sev Snp Vm"; SEV-ES Guest-Hypervisor Communication Block, SNP extended guest request.
 */
import { X509Certificate } from 'node:crypto';
import { ClientError } from '../error.ts';

/** What goes into a document. */
export interface SnpDocumentParts {
  /** The attestation report: 1184 bytes. */
  readonly report: Uint8Array;
  /** PEM: VCEK or VLEK, then its authorities. Default: none; the service has to get them. */
  readonly certificateChain?: string;
  /** Signed statements about the UVM of a confidential container, COSE_Sign1 each. Default: none. */
  readonly uvmEndorsements?: readonly Uint8Array[];
}

const base64url = (bytes: Uint8Array | string): string => Buffer.from(bytes).toString('base64url');

/** The document, UTF-8. */
export function writeSnpDocument({ report, certificateChain, uvmEndorsements }: SnpDocumentParts): Uint8Array {
  const uvm = uvmEndorsements?.map(base64url);
  return Buffer.from(
    JSON.stringify({
      SnpReport: base64url(report),
      ...(certificateChain === undefined ? {} : { VcekCertChain: base64url(certificateChain) }),
      ...(uvm === undefined ? {} : { Endorsements: base64url(JSON.stringify({ Uvm: uvm })) }),
    }),
  );
}

const vcekId = '63da758de6644564adc5f4b93be8accd';
const vlekId = 'a8074bc2a25a483eaae639c045a0b8a1';
/** ASK or ASVK, then ARK. */
const authorityIds = ['4ab7b379bbac4fe4a02f05aef327c782', 'c0b406a4a803495297433fb6014cd0ae'];

/** The table's certificates in the order of the chain. KEY_INFO of the report says in bits 2 to 4, SIGNING_KEY, which kind of key signed it. */
function chainOrder(report: Uint8Array): string[] {
  const isVlek = (((report[keyInfoOffset] ?? 0) >> 2) & 7) === 1;
  return [isVlek ? vlekId : vcekId, ...authorityIds];
}

const keyInfoOffset = 72;
const entryBytes = 24;
const emptyId = '00'.repeat(16);

/**
 * The certificates that a host gives with a report, as a PEM chain; undefined when there are none that are known. Nothing is trusted.
 * Of certificates of both kinds of keys, the one that signed the report is taken.
 * @param table entries of id (16 bytes), offset and length (32 bits each, little-endian), ended by one of zeros; then the certificates
 */
export function chainOfCertificateTable(table: Uint8Array, report: Uint8Array, where: string): string | undefined {
  const order = chainOrder(report);
  const found = new Map<string, Uint8Array>();
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  for (let at = 0; at + entryBytes <= table.length; at += entryBytes) {
    const id = Buffer.from(table.subarray(at, at + 16)).toString('hex');
    if (id === emptyId) break;
    const [offset, size] = [view.getUint32(at + 16, true), view.getUint32(at + 20, true)];
    if (offset + size > table.length) throw malformed(where, 'an entry points outside the table');
    for (const known of [id, inMixedOrder(id)]) {
      if (order.includes(known)) found.set(known, table.subarray(offset, offset + size));
    }
  }
  const chain = order.flatMap((id) => {
    const bytes = found.get(id);
    return bytes === undefined ? [] : [pemOf(bytes, where)];
  });
  return chain.length === 0 ? undefined : chain.join('');
}

/** The same id with its first three groups little-endian: hosts write both. */
function inMixedOrder(id: string): string {
  const bytes = Buffer.from(id, 'hex');
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return bytes.toString('hex');
}

/** DER or PEM to PEM. */
function pemOf(bytes: Uint8Array, where: string): string {
  try {
    return new X509Certificate(bytes).toString();
  } catch {
    throw malformed(where, 'it holds a certificate that cannot be read');
  }
}

function malformed(where: string, why: string): ClientError {
  return new ClientError('certificate-table-malformed', where, why);
}
