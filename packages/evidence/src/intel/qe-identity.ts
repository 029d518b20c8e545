/** Which quoting enclave Intel vouches for, and whether a report is its. Source: Intel PCS v4, model EnclaveIdentityV2. */
import { JsonMembers } from '@atesto/core';
import { refuse } from '../outcome.ts';
import type { SgxReportBody } from './report-body.ts';
import { findQeTcbLevel, type IsvTcbLevel, parseQeTcbLevels } from './tcb-level.ts';

/** A parsed QE identity: Intel's statement of what a genuine quoting enclave is. */
export interface QeIdentity {
  readonly id: 'QE' | 'TD_QE';
  readonly issueDate: number;
  readonly nextUpdate: number;
  readonly tcbEvaluationDataNumber: number;
  readonly miscSelect: number;
  readonly miscSelectMask: number;
  /** 16 bytes. */
  readonly attributes: Uint8Array;
  readonly attributesMask: Uint8Array;
  /** Hex, lower case. */
  readonly mrSigner: string;
  readonly isvProdId: number;
  /** In the order of the file. */
  readonly tcbLevels: readonly IsvTcbLevel[];
}

/** Hex of the four bytes as they stand in a report: little-endian. */
function readWord(body: JsonMembers, name: string): number {
  return Buffer.from(body.hex(name, 4), 'hex').readUInt32LE();
}

/** Parses the body of a QE identity whose signature was verified. */
export function parseQeIdentity(bytes: Uint8Array): QeIdentity {
  const body = JsonMembers.parse(bytes, 'qe_identity', 'collateral-malformed');
  const version = body.integer('version', 65535);
  if (version !== 2) refuse('collateral-version', 'qe_identity.version', `QE identity version ${version} is not 2`);
  const id = body.string('id');
  if (id !== 'QE' && id !== 'TD_QE') {
    return refuse('collateral-kind', 'qe_identity.id', `id ${JSON.stringify(id)} is not a quoting enclave's`);
  }
  return {
    id,
    issueDate: body.time('issueDate'),
    nextUpdate: body.time('nextUpdate'),
    tcbEvaluationDataNumber: body.integer('tcbEvaluationDataNumber', 0xffffffff),
    miscSelect: readWord(body, 'miscselect'),
    miscSelectMask: readWord(body, 'miscselectMask'),
    attributes: Buffer.from(body.hex('attributes', 16), 'hex'),
    attributesMask: Buffer.from(body.hex('attributesMask', 16), 'hex'),
    mrSigner: body.hex('mrsigner', 32),
    isvProdId: body.integer('isvprodid', 65535),
    tcbLevels: parseQeTcbLevels(body),
  };
}

/** Checks that a QE report is of the enclave that the identity describes, and finds its TCB level. */
export function checkQeIdentity(report: SgxReportBody, identity: QeIdentity): IsvTcbLevel {
  const where = 'QE report';
  if ((report.miscSelect & identity.miscSelectMask) >>> 0 !== identity.miscSelect) {
    refuse('qe-identity-miscselect', where, `MISCSELECT ${report.miscSelect.toString(16)}h is not the identity's`);
  }
  const masked = report.attributes.map((byte, index) => byte & (identity.attributesMask[index] ?? 0xff));
  if (Buffer.compare(masked, identity.attributes) !== 0) {
    refuse(
      'qe-identity-attributes',
      where,
      `attributes ${Buffer.from(report.attributes).toString('hex')} are not the identity's`,
    );
  }
  const mrSigner = Buffer.from(report.mrSigner).toString('hex');
  if (mrSigner !== identity.mrSigner)
    refuse('qe-identity-mrsigner', where, `MRSIGNER ${mrSigner} is not the identity's`);
  if (report.isvProdId !== identity.isvProdId) {
    refuse('qe-identity-isvprodid', where, `ISVPRODID ${report.isvProdId} is not ${identity.isvProdId}`);
  }
  const level = findQeTcbLevel(identity.tcbLevels, report.isvSvn);
  return (
    level ?? refuse('qe-tcb-level-not-found', where, `ISVSVN ${report.isvSvn} is below every level of the identity`)
  );
}
