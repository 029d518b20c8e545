/** Looks into Intel's verification collateral. */
import { type IntelCollateral, parseIntelCollateral, readRevocationList } from '@atesto/evidence/advanced';
import { certificateFacts } from './certificates.ts';
import type { Facts, Inspector } from './inspection.ts';
import { bodyFacts, qeIdentityKind, tcbInfoKind } from './intel-body.ts';
import { membersOf } from './json.ts';
import { revocationListFacts } from './revocation-list.ts';

function listFacts(der: Uint8Array): Facts {
  const list = readRevocationList(der);
  if (list.ok) return revocationListFacts(list.value);
  const { code, where, why } = list.refusal;
  return { code, where, why };
}

function collateralFacts(collateral: IntelCollateral): Facts {
  const { pckCertificateChain } = collateral;
  return {
    tcbInfo: bodyFacts(membersOf(collateral.tcbInfo) ?? new Map(), tcbInfoKind),
    qeIdentity: bodyFacts(membersOf(collateral.qeIdentity) ?? new Map(), qeIdentityKind),
    rootCaCrl: listFacts(collateral.rootCaCrl),
    pckCrl: listFacts(collateral.pckCrl),
    pckCrlIssuerChain: certificateFacts(collateral.pckCrlIssuerChain),
    tcbInfoIssuerChain: certificateFacts(collateral.tcbInfoIssuerChain),
    qeIdentityIssuerChain: certificateFacts(collateral.qeIdentityIssuerChain),
    ...(pckCertificateChain === undefined ? {} : { pckCertificateChain: certificateFacts(pckCertificateChain) }),
  };
}

/** Tools write the names with `_` and in camel case. */
function isCollateral(bytes: Uint8Array): boolean {
  const names = [...(membersOf(bytes)?.keys() ?? [])].map((name) => name.replaceAll('_', '').toLowerCase());
  return ['tcbinfo', 'qeidentity', 'pckcrl'].every((name) => names.includes(name));
}

/** A file of Intel’s verification collateral. */
export const intelCollateral: Inspector = {
  recognises: isCollateral,
  inspect: (bytes) => {
    const found = { kind: 'intel-collateral', title: 'Verification collateral of Intel' };
    const parsed = parseIntelCollateral(bytes);
    if (!parsed.ok) return { ok: false, ...found, refusal: parsed.refusal };
    try {
      return { ok: true, ...found, facts: collateralFacts(parsed.value) };
    } catch {
      const refusal = { code: 'certificate-malformed', where: 'collateral', why: 'a certificate cannot be read' };
      return { ok: false, ...found, refusal };
    }
  },
};
