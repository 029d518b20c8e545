/** What the report of an SGX appraisal says of the enclave. */
import {
  appraiseSgx,
  checkSgxRuntimeData,
  type ParsedSgxEvidence,
  parseSgxEvidence,
  type SgxReportBody,
} from '@atesto/evidence/advanced';
import type { IntelTechnology } from './intel-verdict.ts';

/** Fields of the report body; bytes as lower-case hex. */
export interface SgxBodyFacts {
  readonly mrEnclave: string;
  readonly mrSigner: string;
  readonly isvProdId: number;
  readonly isvSvn: number;
  readonly debug: boolean;
  readonly attributes: string;
  readonly configId: string;
  readonly configSvn: number;
  readonly reportData: string;
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** SGX: a quote, an OpenEnclave report, or OpenEnclave evidence. */
export const sgx: IntelTechnology<ParsedSgxEvidence, SgxReportBody, SgxBodyFacts> = {
  parse: parseSgxEvidence,
  appraise: appraiseSgx,
  checkRuntimeData: checkSgxRuntimeData,
  bodyFacts: (body) => ({
    mrEnclave: hex(body.mrEnclave),
    mrSigner: hex(body.mrSigner),
    isvProdId: body.isvProdId,
    isvSvn: body.isvSvn,
    debug: body.debug,
    attributes: hex(body.attributes),
    configId: hex(body.configId),
    configSvn: body.configSvn,
    reportData: hex(body.reportData),
  }),
  bodyRows: (facts) => [
    ['MRENCLAVE', facts.mrEnclave],
    ['MRSIGNER', facts.mrSigner],
    ['product, version', `ISVPRODID ${facts.isvProdId}, ISVSVN ${facts.isvSvn}`],
    ['debug', facts.debug ? 'yes: the host can read the memory of the enclave' : 'no'],
    ['report data', facts.reportData],
  ],
};
