/** What the report of a TDX appraisal says of the trust domain. */
import {
  appraiseTdx,
  checkTdxRuntimeData,
  type ParsedTdxEvidence,
  parseTdxEvidence,
  type TdReportBody,
} from '@atesto/evidence/advanced';
import type { IntelTechnology } from './intel-verdict.ts';

/** Fields of the TD report; bytes as lower-case hex. */
export interface TdxBodyFacts {
  readonly teeTcbSvn: string;
  readonly mrSeam: string;
  readonly mrSignerSeam: string;
  readonly seamAttributes: string;
  readonly tdAttributes: string;
  readonly xfam: string;
  readonly mrTd: string;
  readonly mrConfigId: string;
  readonly mrOwner: string;
  readonly mrOwnerConfig: string;
  readonly rtmr0: string;
  readonly rtmr1: string;
  readonly rtmr2: string;
  readonly rtmr3: string;
  readonly reportData: string;
  /** Layout 1.5 only. */
  readonly teeTcbSvn2?: string;
  readonly mrServiceTd?: string;
  /** Under debug: by the attribute DEBUG, or by one that lets the host profile. */
  readonly debug: boolean;
  /** Attributes that are set, by the names of Intel's specification. */
  readonly attributeNames: readonly string[];
}

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

function bodyFacts(body: TdReportBody): TdxBodyFacts {
  const [rtmr0, rtmr1, rtmr2, rtmr3] = body.rtmrs;
  return {
    teeTcbSvn: hex(body.teeTcbSvn),
    mrSeam: hex(body.mrSeam),
    mrSignerSeam: hex(body.mrSignerSeam),
    seamAttributes: hex(body.seamAttributes),
    tdAttributes: hex(body.tdAttributes),
    xfam: hex(body.xfam),
    mrTd: hex(body.mrTd),
    mrConfigId: hex(body.mrConfigId),
    mrOwner: hex(body.mrOwner),
    mrOwnerConfig: hex(body.mrOwnerConfig),
    rtmr0: hex(rtmr0),
    rtmr1: hex(rtmr1),
    rtmr2: hex(rtmr2),
    rtmr3: hex(rtmr3),
    reportData: hex(body.reportData),
    ...(body.teeTcbSvn2 === undefined ? {} : { teeTcbSvn2: hex(body.teeTcbSvn2) }),
    ...(body.mrServiceTd === undefined ? {} : { mrServiceTd: hex(body.mrServiceTd) }),
    debug: body.debug,
    attributeNames: body.attributeNames,
  };
}

/** Whether the host can look into a trust domain, and how. */
export function debugText({ debug, attributeNames }: Pick<TdxBodyFacts, 'debug' | 'attributeNames'>): string {
  if (!debug) return 'no';
  const can = attributeNames.includes('DEBUG') ? 'read the memory of the trust domain' : 'profile the trust domain';
  return `yes: the host can ${can}`;
}

/** TDX: a quote of version 4 or 5. */
export const tdx: IntelTechnology<ParsedTdxEvidence, TdReportBody, TdxBodyFacts> = {
  parse: parseTdxEvidence,
  appraise: appraiseTdx,
  checkRuntimeData: checkTdxRuntimeData,
  bodyFacts,
  bodyRows: (facts) => [
    ['MRTD', facts.mrTd],
    ['RTMR0', facts.rtmr0],
    ['RTMR1', facts.rtmr1],
    ['RTMR2', facts.rtmr2],
    ['RTMR3', facts.rtmr3],
    ['TDX module', `SVN ${facts.teeTcbSvn}, MRSEAM ${facts.mrSeam}`],
    ['attributes', facts.attributeNames.join(', ')],
    ['debug', debugText(facts)],
    ['report data', facts.reportData],
  ],
};
