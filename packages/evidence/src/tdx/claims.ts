/**
 * The claims of a TDX appraisal under Azure Attestation's names.
 * Source: Azure Attestation, EAT profile https://aka.ms/maa-eat-profile-tdxvm; bytes are lower-case hex.
 */
import type { Claims } from '@atesto/core';
import { hex } from '../claims.ts';
import type { TdxAppraisal } from './appraisal.ts';

/** Name of the claim set, `eat_profile`. */
const eatProfile = 'https://aka.ms/maa-eat-profile-tdxvm';

/** The claims that the service adds to every TDX token. */
export function tdxClaims(appraisal: TdxAppraisal): Claims {
  const { body } = appraisal;
  const [rtmr0, rtmr1, rtmr2, rtmr3] = body.rtmrs;
  return {
    eat_profile: eatProfile,
    dbgstat: body.debug ? 'enabled' : 'disabled',
    intuse: 'generic',
    attester_tcb_status: appraisal.tcbStatus,
    tdx_mrtd: hex(body.mrTd),
    tdx_rtmr0: hex(rtmr0),
    tdx_rtmr1: hex(rtmr1),
    tdx_rtmr2: hex(rtmr2),
    tdx_rtmr3: hex(rtmr3),
    tdx_mrseam: hex(body.mrSeam),
    tdx_mrsignerseam: hex(body.mrSignerSeam),
    tdx_mrconfigid: hex(body.mrConfigId),
    tdx_mrowner: hex(body.mrOwner),
    tdx_mrownerconfig: hex(body.mrOwnerConfig),
    tdx_report_data: hex(body.reportData),
    tdx_seam_attributes: hex(body.seamAttributes),
    tdx_seamsvn: (body.teeTcbSvn[0] ?? 0) + 256 * (body.teeTcbSvn[1] ?? 0),
    tdx_td_attributes: hex(body.tdAttributes),
    tdx_td_attributes_debug: body.debug,
    tdx_td_attributes_key_locker: body.keyLocker,
    tdx_td_attributes_perfmon: body.perfmon,
    tdx_td_attributes_protection_keys: body.protectionKeys,
    tdx_td_attributes_septve_disable: body.septVeDisable,
    tdx_tee_tcb_svn: hex(body.teeTcbSvn),
    tdx_xfam: hex(body.xfam),
  };
}
