/** The quoting enclave of a simulated platform: what its report says and what its identity demands. */
import { createHash } from 'node:crypto';
import type { SgxReportBodyFields } from '../sgx/report-body.ts';
import { daysFrom } from '../x509/validity.ts';
import { intelTime, type JsonMembers } from './signed-json.ts';

/** Which technology the quoting enclave quotes for. */
export type QuotedTee = 'sgx' | 'tdx';

const mrSigner = createHash('sha256').update('Atesto Simulator: signer of quoting enclaves').digest('hex');
const products = { sgx: 1, tdx: 2 } as const;
const ids = { sgx: 'QE', tdx: 'TD_QE' } as const;
/** Highest first. */
const isvSvns = { current: 8, old: 6 } as const;

/** The fields of the QE report, without the report data that binds the attestation key. */
export function quotingEnclave(tee: QuotedTee): Partial<SgxReportBodyFields> {
  return {
    attributes: '1500000000000000e700000000000000',
    mrEnclave: createHash('sha256').update(`Atesto Simulator: quoting enclave, ${tee}`).digest('hex'),
    mrSigner,
    isvProdId: products[tee],
    isvSvn: isvSvns.current,
  };
}

/** The members of an `enclaveIdentity` object, version 2, valid from a day before to 29 days after the time. */
export function qeIdentityMembers(tee: QuotedTee, at: Date, tcbEvaluationDataNumber: number): JsonMembers {
  const tcbDate = intelTime(daysFrom(at, -60));
  return {
    id: ids[tee],
    version: 2,
    issueDate: intelTime(daysFrom(at, -1)),
    nextUpdate: intelTime(daysFrom(at, 29)),
    tcbEvaluationDataNumber,
    miscselect: '00000000',
    miscselectMask: 'FFFFFFFF',
    attributes: '11000000000000000000000000000000',
    attributesMask: 'FBFFFFFFFFFFFFFF0000000000000000',
    mrsigner: mrSigner.toUpperCase(),
    isvprodid: products[tee],
    tcbLevels: [
      { tcb: { isvsvn: isvSvns.current }, tcbDate, tcbStatus: 'UpToDate' },
      {
        tcb: { isvsvn: isvSvns.old },
        tcbDate: intelTime(daysFrom(at, -900)),
        tcbStatus: 'OutOfDate',
        advisoryIDs: ['INTEL-SA-00615'],
      },
    ],
  };
}
