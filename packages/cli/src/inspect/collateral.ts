/** Looks into Intel's verification collateral. */
import { parseIntelCollateralBundle } from '@atesto/endorsements';
import type { IntelCollateral } from '@atesto/evidence';
import { certificateFacts } from './certificates.ts';
import { type Facts, type Inspector, plainMembers } from './inspection.ts';
import { hasMembers, membersOf } from './json.ts';

/** The members of a signed body that say what it is for. */
function bodyFacts(bytes: Uint8Array, names: readonly string[]): Facts {
  const members = membersOf(bytes) ?? new Map();
  const levels: unknown = members.get('tcbLevels');
  return plainMembers([
    ...names.map((name) => [name, members.get(name)] as const),
    ['tcbLevels', Array.isArray(levels) ? levels.length : undefined],
  ]);
}

const common = ['id', 'version', 'issueDate', 'nextUpdate', 'tcbEvaluationDataNumber'];

function collateralFacts(collateral: IntelCollateral): Facts {
  return {
    tcbInfo: bodyFacts(collateral.tcbInfo, [...common, 'fmspc', 'pceId']),
    qeIdentity: bodyFacts(collateral.qeIdentity, [...common, 'mrsigner', 'isvprodid']),
    pckCrlIssuerChain: certificateFacts(collateral.pckCrlIssuerChain),
    tcbInfoIssuerChain: certificateFacts(collateral.tcbInfoIssuerChain),
    qeIdentityIssuerChain: certificateFacts(collateral.qeIdentityIssuerChain),
  };
}

export const intelCollateral: Inspector = {
  recognises: (bytes) => hasMembers(bytes, 'tcb_info', 'qe_identity'),
  inspect: (bytes) => {
    const found = { kind: 'intel-collateral', title: 'Verification collateral of Intel' };
    const parsed = parseIntelCollateralBundle(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    try {
      return { ok: true, ...found, facts: collateralFacts(parsed.value) };
    } catch {
      const refusal = { code: 'certificate-malformed', where: 'collateral', why: 'a certificate cannot be read' };
      return { ok: false, ...found, refusal };
    }
  },
};
