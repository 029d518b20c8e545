/** Appraises evidence offline and gives the claims that the service's policies would see. */
import type { Outcome, Refusal } from '@atesto/core';
import { createSnpBundleSource, snpRequestFor } from '@atesto/endorsements';
import {
  amdRoots,
  appraiseSgx,
  appraiseSnp,
  appraiseTdx,
  type Claims,
  checkSgxRuntimeData,
  checkSnpRuntimeData,
  checkTdxRuntimeData,
  type IntelAppraisalOptions,
  parseSgxEvidence,
  parseSnpEvidence,
  parseTdxEvidence,
  sevSnpClaims,
  sgxClaims,
  sgxIncomingAliases,
  snpLookupFor,
  tdxClaims,
  type VerifiedIntelCollateral,
  verifySnpEndorsements,
} from '@atesto/evidence/advanced';
import { type AttestationType, type Claim, claimsOfMembers } from '@atesto/policy';
import { CliFailure, misused } from '../failure.ts';
import { readCollateral } from '../input/collateral.ts';
import { readEvidence } from '../input/evidence.ts';
import { readBytes } from '../input/file.ts';
import { exitCodes } from '../session.ts';
import { verifiedCollateral } from '../verify/intel-verdict.ts';
import { developmentAnchors } from '../verify/verdict.ts';
import { kindOption } from './input.ts';

/** What an appraisal needs. */
export interface EvidenceOptions {
  readonly evidence: string;
  readonly type: string;
  /** Intel's collateral file; for SEV-SNP a directory of AMD's certificates and lists. */
  readonly collateral: string;
  readonly at: Date;
  readonly runtimeData?: string;
  readonly allowExpiredCollateral?: boolean;
  readonly developmentRoot?: readonly string[];
}

interface Technology {
  /** The claim `x-ms-attestation-type`. */
  readonly claim: string;
  /** Appraises, checks what the evidence commits to, and gives the claims. */
  readonly claims: (evidence: Uint8Array, data: Uint8Array | undefined, options: EvidenceOptions) => Promise<Claims>;
}

const sgx: Technology = {
  claim: 'sgx',
  claims: async (evidence, data, options) => {
    const appraisal = accepted(
      appraiseSgx(accepted(parseSgxEvidence(evidence)), await intelCollateral(options), intelSettings(options)),
    );
    if (data !== undefined) accepted(checkSgxRuntimeData(appraisal.body, data));
    return { ...sgxClaims(appraisal), ...sgxIncomingAliases(appraisal) };
  },
};

const tdx: Technology = {
  claim: 'tdxvm',
  claims: async (evidence, data, options) => {
    const appraisal = accepted(
      appraiseTdx(accepted(parseTdxEvidence(evidence)), await intelCollateral(options), intelSettings(options)),
    );
    if (data !== undefined) accepted(checkTdxRuntimeData(appraisal.body, data));
    return tdxClaims(appraisal);
  },
};

const sevSnp: Technology = {
  claim: 'sevsnpvm',
  claims: async (bytes, data, { collateral, at, allowExpiredCollateral = false, developmentRoot = [] }) => {
    const evidence = accepted(parseSnpEvidence(bytes));
    const request = accepted(snpRequestFor(accepted(snpLookupFor(evidence.report, evidence.certificates))));
    const trustAnchors = [...amdRoots, ...developmentAnchors(developmentRoot)];
    const source = createSnpBundleSource({ path: collateral, revocationList: 'when-there', trustAnchors });
    const found = await source.get(request, { at, signal: new AbortController().signal });
    if (!found.ok) return refused(found.refusal);
    const endorsements = accepted(verifySnpEndorsements(found.value.collateral, { trustAnchors }));
    const appraisal = accepted(appraiseSnp(evidence, endorsements, { at, allowExpiredCollateral }));
    if (data !== undefined) accepted(checkSnpRuntimeData(appraisal.report, data));
    return sevSnpClaims(appraisal);
  },
};

const technologies: Partial<Record<AttestationType, Technology>> = {
  SgxEnclave: sgx,
  OpenEnclave: sgx,
  TdxVm: tdx,
  SevSnpVm: sevSnp,
};

/** Appraises evidence. Throws `CliFailure` with exit code 1 when it is refused. */
export async function claimsOfEvidence(options: EvidenceOptions): Promise<Claim[]> {
  const kind = kindOption(options.type);
  const technology = kind === undefined ? undefined : technologies[kind];
  if (technology === undefined) {
    return misused(
      `evidence of ${kind} is not appraised here`,
      `--type is one of ${Object.keys(technologies).join(', ')}.`,
    );
  }
  const evidence = (await readEvidence(options.evidence, 'the evidence')).bytes;
  const data = options.runtimeData === undefined ? undefined : await readBytes(options.runtimeData, 'the runtime data');
  return [
    { type: 'x-ms-attestation-type', value: technology.claim, issuer: 'AttestationService' },
    ...claimsOfMembers(await technology.claims(evidence, data, options), 'AttestationService'),
    ...(data === undefined ? [] : heldData(data)),
  ];
}

async function intelCollateral({
  collateral,
  developmentRoot = [],
}: EvidenceOptions): Promise<VerifiedIntelCollateral> {
  return accepted(verifiedCollateral(await readCollateral(collateral), developmentRoot));
}

const intelSettings = ({ at, allowExpiredCollateral = false }: EvidenceOptions): IntelAppraisalOptions => ({
  at,
  allowExpiredCollateral,
});

/** The service shows binary runtime data to policies under these names. */
function heldData(data: Buffer): Claim[] {
  const value = data.toString('base64url');
  return ['x-ms-sgx-ehd', '$maa-ehd'].map((type) => ({ type, value, issuer: 'CustomClaim' }));
}

function accepted<Value>(outcome: Outcome<Value>): Value {
  return outcome.ok ? outcome.value : refused(outcome.refusal);
}

function refused({ code, where, why }: Refusal): never {
  throw new CliFailure(exitCodes.refused, `the evidence is refused: ${where}: ${why}`, { code });
}
